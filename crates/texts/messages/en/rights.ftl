### The pages on which a family objects to a signal, asks to see what is kept or to have it erased, and follows what became of
### that.

## On the page of a question or of a child: where the rights are
rights-title = Your rights
rights-title-young = Your rights
rights-who = For your rights { $municipality } is responsible. Do you have a question or a complaint? You can go there.
rights-who-young = For your rights { $municipality } is responsible. Do you have a question or a complaint? You can go there.
rights-explain = Do you not understand the question? Ask { $organisation } to explain it.
rights-explain-young = Do you not understand the question? Ask { $organisation } to explain it.
rights-to-objection = Object to a signal
rights-to-requests = Ask for access or have data erased

## Page: objection
rights-objection-title = Objection to a signal
rights-objection-lead = Do you think a signal should not be there? Then you can object. It costs nothing. It makes no difference to the help you get.
rights-objection-steps = What happens next?
rights-objection-step-municipality = Your objection goes to { $municipality }.
rights-objection-step-advice =
    { $weeks ->
        [one] The organisation that gave the signal gives advice within { $weeks } week.
       *[other] The organisation that gave the signal gives advice within { $weeks } weeks.
    } We do not tell it who objects.
rights-objection-step-decision =
    { $weeks ->
        [one] The municipality decides within { $weeks } week.
       *[other] The municipality decides within { $weeks } weeks.
    } You read the answer here.
rights-objection-step-upheld = Does the municipality agree with you? Then we destroy the signal. Those who saw it are told. Your letter about that signal no longer works then.
rights-objection-step-meanwhile = Until then the signal stays.
rights-objection-reason = You do not have to say why here. Would you like to? Then tell the municipality.
rights-objection-which = Which signal do you object to?
rights-objection-signal = Signal of { $organisation }, given on { $date }
rights-objection-button = Object
rights-objection-none = There is no signal now that you can object to.
rights-objection-choose = Choose a signal
rights-objections = Your objections
rights-objection-of = Objection to the signal of { $organisation }

## What became of an objection
rights-state-open = Being looked at
rights-state-upheld = Decided for you
rights-state-rejected = Decided against you
rights-state-withdrawn = Withdrawn
rights-state-lapsed = No longer needed
rights-made = { $date }: you objected.
rights-made-at-desk = { $date }: you objected at the municipality.
rights-advice-due = The organisation can give advice up to and including { $date }.
rights-advice-late = The organisation had until { $date } to give advice, and gave none. The municipality can now decide without it.
rights-advice-end = { $date }: the organisation thinks the signal can go.
rights-advice-keep = { $date }: the organisation thinks the signal must stay.
rights-advice-none = { $date }: the organisation leaves it to the municipality.
rights-decision-due = You get a decision from { $municipality } before the end of { $date }.
rights-decision-late = By the end of { $date } { $municipality } should have decided. You can call the municipality and ask about it.
rights-upheld = { $date }: { $municipality } agreed with you. The signal is gone.
rights-rejected = { $date }: { $municipality } did not agree with you. The signal stays.
rights-withdrawn = { $date }: you withdrew your objection.
rights-lapsed = The signal is gone already. The municipality does not have to decide any more.
rights-reasons = Why:
rights-reason-no-ground = There was no good reason for the signal.
rights-reason-ground-gone = The reason for the signal is no longer there.
rights-reason-not-informed = You were not told of the signal, or too late.
rights-reason-family-interests = What you want matters more than the signal.
rights-reason-ground-stands = The reason for the signal is still there.
rights-reason-child-interests = For the child it is better that the signal stays.
rights-reason-not-entitled = You may not object for this child.
rights-reason-repeated = This objection was decided before. Nothing has changed.
rights-objection-withdraw = Withdraw the objection
rights-objection-withdraw-explain = If you withdraw it, the municipality does not decide. You can object again later.

## Way of appeal
rights-appeal = Do you not agree?
rights-appeal-municipality = Up to and including { $date } you can object to this decision at { $municipality }. The letter of the municipality says how.
rights-appeal-court = Do you still not agree after that? Then you can go to court.
rights-appeal-authority = You can also always complain to the { $authority }.
rights-authority = Dutch Data Protection Authority

## Page: access and erasure
rights-lead = You may know what is kept. You may also ask to have it erased. It costs nothing.
rights-access-title = See what is kept
rights-access-text = You get an overview of all signals and matches. It also says who looked, and when.
rights-access-limits = Sometimes something may not be shown yet, because a child would be in danger. We do not say so to anybody.
rights-access-button = Ask for access
rights-erasure-title = Have data erased
rights-erasure-text = Does the municipality say yes? Then every consent that you gave ends. What was sent under it and not yet read is destroyed. Signals that were there only because you said yes go too.
rights-erasure-limits = Other signals stay. You can object to those.
rights-erasure-button = Ask to erase
rights-correct-title = Is something not right?
rights-correct-text = Tell the organisation that gave the signal, or the municipality. They have to correct mistakes.
rights-term =
    You get an answer from { $municipality } { $months ->
        [one] within a month
       *[other] within { $months } months
    }. Sometimes more time is needed: at most { $more ->
        [one] one month
       *[other] { $more } months
    } more. You are told then.
rights-nothing-to-ask = There is nothing you can ask for now. There is no signal that belongs to your letter.
rights-asked-already = You have asked for this. Above you see how it stands.
rights-requests = What you asked for
rights-request-access = Access
rights-request-erasure = Erasure
rights-state-given = The municipality said yes
rights-state-partly = The municipality said yes in part
rights-state-refused = The municipality said no
rights-asked = { $date }: you asked for it.
rights-asked-at-desk = { $date }: you asked for it at the municipality.
rights-extended = { $date }: the municipality needs more time.
rights-answer-due = You get an answer from { $municipality } before the end of { $date }.
rights-answer-late = By the end of { $date } { $municipality } should have answered. You can call the municipality and ask about it.
rights-access-given = { $date }: { $municipality } said yes. You may see the overview.
rights-erasure-given = { $date }: { $municipality } said yes. Everything that could be erased is gone.
rights-erasure-partly = { $date }: { $municipality } said yes in part. What needed your yes is gone. Other signals stay.
rights-refused = { $date }: { $municipality } said no.
rights-request-withdrawn = { $date }: you took your request back.
rights-refusal-not-entitled = You may not ask this for this child. Or it is not certain who you are.
rights-refusal-unfounded = There is no good reason for your request. Or you ask the same too often.
rights-refusal-rights-of-others = It could harm the child or somebody else.
rights-refusal-public-task = The law says that everything here must be kept. You can object to a signal.
rights-refusal-legal-claim = It is needed for a case in court.
rights-request-withdraw = Withdraw the request
rights-request-withdraw-explain = If you withdraw it, you get no answer. You can ask again later.

## The file that access gives
rights-file-until = You can see the overview up to and including { $date }.
rights-file-link = To the overview
rights-file-not-sure = The overview holds everything. So it must be certain who you are. Log in, or take your letter to the municipality. They can give it to you too.
rights-file-over = You could see the overview up to and including { $date }. You can ask for it again.
rights-file-lead = This is what is kept now. We keep no copy of this overview.
rights-file-none-title = There is no overview
rights-file-none-text = Ask for access first. Does the municipality say yes? Then you see the overview here.
rights-file-back = Back to your rights
rights-file-download-html = Save as a page
rights-file-download-json = Save for a computer (JSON)
