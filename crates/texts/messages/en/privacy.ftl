### The privacy notice. It is made from the covenants that are in force and from the table of what is kept how long.

privacy-title = Privacy
privacy-lead = Here you read what Trefpunt keeps about children and parents, why, and how long.

## What is kept
privacy-child-title = What does Trefpunt keep about a child?
privacy-child-signal = Which organisation gave a signal, and when that ends.
privacy-child-contact = Whom a colleague can call at that organisation.
privacy-child-code = A secret code. It is made from the number of the child (BSN), but Trefpunt does not know the number.
privacy-child-month = The month in which everything must go. The child has a birthday in that month.
privacy-child-not = We do not keep a name or an address. Nor why there is a signal. Messages and documents are locked: Trefpunt cannot read them.
privacy-you-title = What does Trefpunt keep about you?
privacy-you-role = Whether you are a parent, or the young person. Not what you are called.
privacy-you-choice = What you chose, when, and which text you read then.
privacy-you-asked = What you asked the municipality, and what the answer was.
privacy-you-key = Your code, key and PIN code, but so that nobody can read them.
privacy-source-title = From whom does it come?
privacy-source-text = From the organisations that give a signal. What you chose comes from you. Sometimes a professional wrote down what you said: then it says so.
privacy-seen-title = Who sees it?
privacy-seen-parties = Organisations with a signal about the same child see each other. They see whether there is a yes, and not who chose what. Do you choose alone? Then the answer shows it.
privacy-seen-municipality = The municipality sees what you ask it. It also sees whether organisations call each other.
privacy-seen-supervisor = The supervisor reads a log without names. So it sees whether we do what we say here.
privacy-seen-operator = Those who run the computers work for the municipality and may do nothing else with it.
privacy-machine-title = Does a computer decide about you?
privacy-machine-text = No. A computer only looks whether two signals are about the same child. What happens then, people decide.

## What the region agreed
privacy-covenants-title = What a region agrees on
privacy-own-title = What was agreed for you
privacy-covenants-lead = Each region makes agreements: a covenant. This is how they are now:
privacy-covenants-none = There are no agreements yet.
privacy-municipality = Responsible
privacy-officer = Sees to contact
privacy-basis = Why is this allowed?
privacy-basis-notify = It is a task of the organisation (GDPR, article 6(1)(e)). You are told of each signal.
privacy-basis-consent = Because you say yes (GDPR, article 6(1)(a)). Without your yes a signal does not count.
privacy-may-signal = Who may give a signal?
privacy-grounds = Reasons for a signal
privacy-signal-days = A signal counts for at most
privacy-archive-years = Then in the archive, at most
privacy-years =
    { $count ->
        [one] { $count } year
       *[other] { $count } years
    }
privacy-age-limit = Everything goes in the month in which the child becomes
privacy-told-within = You are told of a signal within
privacy-consent-days = A yes of yours stands for at most
privacy-contact-days = After a match organisations call each other within
privacy-working-days =
    { $count ->
        [one] { $count } working day
       *[other] { $count } working days
    }
privacy-reveal = Organisations see each other’s name
privacy-reveal-match = when there is a match
privacy-reveal-consent = only after a yes
privacy-sensitive = Name always only after a yes
privacy-none = none
privacy-one-guardian = May one parent also say yes for the other?
privacy-attested = May a professional write down that you said yes?
privacy-birthday = Does a child become 12 while the question is open?
privacy-birthday-keep = Then what you chose still counts.
privacy-birthday-again = Then we ask you again.
privacy-siblings = Are brothers and sisters recognised?
privacy-delegation = May an organisation do this for another?
privacy-limit = Signals of one organisation in an hour, at most
privacy-yes = yes
privacy-no = no

## How long: one line for each kind of thing. The line begins with the thing
privacy-keep-title = How long do we keep it?
privacy-keep-number = The number of the child (BSN): never.
privacy-keep-pseudonym = The secret code of the child: until the last signal is gone.
privacy-keep-same-child = Whether two codes are one child: until a signal of one of them is gone.
privacy-keep-family-match = That two children have the same parent: as long as there is a signal.
privacy-keep-signal = A signal: it counts until the day that the organisation chose. Then it goes to the archive.
privacy-keep-sleeping = A signal that waits for your yes: at most { $days }.
privacy-keep-archive = A signal in the archive: as long as the region agreed. One new organisation may be told of it once. Then it goes after { $days }.
privacy-keep-at-once = A signal that should not have been there, or to which you objected with success: that goes at once.
privacy-keep-birth-month = The month in which everything must go: as long as there is a signal.
privacy-keep-ground = Why there is a signal: never.
privacy-keep-match = A match, and who called: until the last signal of it is gone.
privacy-keep-told = That you were told of a signal, or why not yet: as long as the signal is there.
privacy-keep-waiting = Signals that wait for their turn: at most 7 days.
privacy-keep-birthday = That a child is nearly 12 or 16: as long as the question is open. If your yes ends on that day, the day stays as long as your yes is kept.
privacy-keep-code = The code from your letter, so that nobody can read it: as long as the question or the signal is there.
privacy-keep-key = Your key and PIN code, so that nobody can read them: as long as there is something for you to see.
privacy-keep-objection = Your objection: until the last signal about the child is gone.
privacy-keep-request = Your request for access or erasure: until the last signal about the child is gone.
privacy-keep-file = The overview that access gives: we do not keep it. You can see it for { $days }.
privacy-keep-consent = Your yes: it counts until the day that stands beside it. The proof stays as long as the match or the signal is there.
privacy-keep-looked = Who looked: as long as the match is there.
privacy-keep-ended = That a yes ended, without a name: until it would have ended by itself.
privacy-keep-decision = Who chose what: as long as the match or the signal is there. No organisation can read that.
privacy-keep-message = Messages and documents, locked: until the other has them, or until your yes ends.
privacy-keep-sent = That there was a message: as long as the match is there.
privacy-keep-colleague = Whom to call at an organisation: as long as the signal is there.
privacy-keep-mail = The mail address of a professional: until an hour after the mail. If the mail did not arrive, 30 days.
privacy-keep-answers = What we answered the computer of an organisation: 25 hours.
privacy-keep-session = That you are logged in: until you log out, and at most two hours.
privacy-keep-log = A log without names: as long as the supervisor needs it.
privacy-keep-log-details = What the log says about a person: until what it is about is gone.
privacy-keep-statistics = Numbers of ten and more: they stay. Nobody can be recognised from them.

## Cookies and rights
privacy-cookie-title = Cookies
privacy-cookie-text = We only use cookies that are needed: to let you in, and to know which language you chose. We do not follow you. This website loads nothing from other companies.
privacy-cookie-address = We use your internet address only to slow down the guessing of codes. We do not keep it for that.
privacy-rights-title = What may you do?
privacy-rights-withdraw = Take back a yes, at any time.
privacy-rights-access = See what is kept.
privacy-rights-correct = Have mistakes corrected.
privacy-rights-erase = Ask to have it erased.
privacy-rights-object = Object to a signal.
privacy-rights-how = You can do that here, with your letter, or at your municipality. The municipality has somebody who looks after your data: the data protection officer. You may ask for them.
privacy-rights-authority = Are you not satisfied? You can complain to the { $authority }.
