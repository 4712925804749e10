### The question for consent: what is asked, what has become of it, and taking it back. The reader is a parent or guardian
### (keys ending in -guardian: u) or the young person (keys ending in -young: je).

## Both questions
request-title = Question for consent
request-hidden-asker = The organisation of the letter
request-purpose = What is it for?
request-how-long = How long does it last?
request-everyone = Do more people have to say yes?
request-no = What happens if I say no?
request-choose-guardian = What do you choose?
request-choose-young = What do you choose?
request-yes = Yes, I give consent
request-no-button = No, I do not give consent
request-not-sure-guardian = Not sure yet? Then log out. You can come back later.
request-not-sure-young = Not sure yet? Then log out. You can come back later.
request-version = Text { $version }. Asked on { $date }.
request-declares = You also choose for the other parent or guardian
request-declares-what = In this region one parent or guardian may choose for both. Do you say yes? Then you declare that the other parent or guardian with parental authority agrees.
request-declares-unsure = Are you not sure? Then talk to each other first. Does the other person not agree? Then choose no.
request-hidden-choices-guardian = Do you choose together with others? Then we tell nobody what you choose. You do not see what someone else chooses either. Do you choose alone? Then the answer shows what you chose.
request-hidden-choices-young = Do you choose together with others? Then we tell nobody what you choose. You do not see what someone else chooses either.
request-alone-from-16-young = Are you 16 or older? Then you choose alone. The answer then shows what you chose.
request-no-is-final-guardian = You cannot change a no into a yes here any more.
request-no-is-final-young = You cannot change a no into a yes here any more.

## May these organisations consult each other (exchange)?
request-exchange-title-guardian = May these organisations talk to each other about your child?
request-exchange-title-young = May these organisations talk to each other about you?
request-exchange-lead-guardian = { $asker } asks for your consent. You choose yourself: yes or no. You can choose { $until }. Do you do nothing? Then there is no consent and everything stays as it is.
request-exchange-lead-young = { $asker } asks for your consent. You choose yourself: yes or no. You can choose { $until }. Do you do nothing? Then there is no consent and everything stays as it is.
request-exchange-who = Who wants to talk?
request-exchange-who-what-guardian = These organisations have said that they are involved with your child. Trefpunt does not say why.
request-exchange-who-what-young = These organisations have said that they are involved with you. Trefpunt does not say why.
request-exchange-purpose-guardian = The organisations want their help to fit together. For that they want to know what each of them does. With your consent they may ask and tell each other that.
request-exchange-purpose-young = The organisations want their help to fit together. For that they want to know what each of them does. With your consent they may ask and tell each other that.
request-exchange-what = What goes back and forth?
request-exchange-what-messages-guardian = Messages and documents about your child. Only between the people who help your child.
request-exchange-what-messages-young = Messages and documents about you. Only between the people who help you.
request-exchange-what-needed = Only what is needed to make the help fit together.
request-exchange-what-locked = Each message and each document is locked. Only the organisation that gets it can read it. Trefpunt cannot.
request-exchange-not = What does not happen?
request-exchange-not-others = Other organisations cannot read anything.
request-exchange-not-new-guardian = Does another organisation join? Then your consent does not hold for it. Somebody has to ask you again.
request-exchange-not-new-young = Does another organisation join? Then your consent does not hold for it. Somebody has to ask you again.
request-exchange-not-without = Without consent no message or document at all passes through Trefpunt.
request-exchange-lasts-guardian = The consent holds for { $lasts }. Does your child become 12 or 16 in that time? Then the consent ends on that day.
request-exchange-lasts-young = The consent holds for { $lasts }. Do you become 16 in that time? Then the consent ends on that day.
request-exchange-withdraw-guardian = You can withdraw your consent at any time. You do not have to say why. From that moment nothing goes back and forth any more.
request-exchange-withdraw-young = You can withdraw your consent at any time. You do not have to say why. From that moment nothing goes back and forth any more.
request-exchange-everyone-guardian = Sometimes. For example the other parent, or your child from the age of 12. Nothing goes back and forth until everyone says yes. Does one of them say no? Then there is no consent.
request-exchange-everyone-declares = Sometimes. For example your child from the age of 12. Nothing goes back and forth until everyone says yes. Does one of them say no? Then there is no consent.
request-exchange-everyone-young = Are you not yet 16? Then your parents or guardians have to say yes too. Nothing goes back and forth until everyone says yes. Does one of you say no? Then there is no consent.
request-exchange-no-nothing = Nothing.
request-exchange-no-guardian = Saying no has no effect on the help for you or your child. The organisations only see that there is no consent. They do not see who said no, or why.
request-exchange-no-young = Saying no has no effect on the help for you. The organisations only see that there is no consent. They do not see who said no, or why.
request-exchange-no-again-guardian =
    After a no nobody may ask again within { $count } { $count ->
        [one] day
       *[other] days
    }. You cannot change a no into a yes here any more.
request-exchange-no-again-young =
    After a no nobody may ask again within { $count } { $count ->
        [one] day
       *[other] days
    }. You cannot change a no into a yes here any more.

## May this organisation say that it is involved (signal)?
request-signal-title-guardian = May { $asker } say that it is involved with your child?
request-signal-title-young = May { $asker } say that it is involved with you?
request-signal-lead-guardian = { $asker } asks for your consent. You choose yourself: yes or no. You can choose { $until }. Do you do nothing? Then there is no consent and we throw the signal away.
request-signal-lead-young = { $asker } asks for your consent. You choose yourself: yes or no. You can choose { $until }. Do you do nothing? Then there is no consent and we throw the signal away.
request-signal-heading = What is a signal?
request-signal-what-guardian = This organisation wants to say in Trefpunt that it is involved with your child. That is called a signal. A signal does not say why. It does not hold a name, address or date of birth of your child either.
request-signal-what-young = This organisation wants to say in Trefpunt that it is involved with you. That is called a signal. A signal does not say why. It does not hold your name, address or date of birth either.
request-signal-waits-guardian = The signal now waits for your choice. Other organisations notice nothing of it.
request-signal-waits-young = The signal now waits for your choice. Other organisations notice nothing of it.
request-signal-purpose-guardian = Sometimes several organisations help the same child. They do not always know that of each other. With a signal they can find each other. Then they can make their help fit together.
request-signal-purpose-young = Sometimes several organisations help the same young person. They do not always know that of each other. With a signal they can find each other. Then they can make their help fit together.
request-signal-yes = What happens if I say yes?
request-signal-yes-counts = The signal will count.
request-signal-yes-match-guardian = Does another organisation also give a signal about your child? Then the organisations hear that.
request-signal-yes-match-young = Does another organisation also give a signal about you? Then the organisations hear that.
request-signal-yes-asked-again-guardian = Do they then want to exchange messages or documents about your child? Then they first ask for your consent again.
request-signal-yes-asked-again-young = Do they then want to exchange messages or documents about you? Then they first ask for your consent again.
request-signal-lasts-guardian = The consent holds for at most { $lasts }. Does your child become 12 or 16 in that time? Then the consent ends on that day. Does the consent end? Then the signal ends too.
request-signal-lasts-young = The consent holds for at most { $lasts }. Do you become 16 in that time? Then the consent ends on that day. Does the consent end? Then the signal ends too.
request-signal-withdraw-guardian = You can withdraw your consent at any time. You do not have to say why. Then we throw the signal away.
request-signal-withdraw-young = You can withdraw your consent at any time. You do not have to say why. Then we throw the signal away.
request-signal-everyone-guardian = Sometimes. For example the other parent, or your child from the age of 12. The signal does not count until everyone says yes. Does one of them say no? Then we throw the signal away.
request-signal-everyone-declares = Sometimes. For example your child from the age of 12. The signal does not count until everyone says yes. Does one of them say no? Then we throw the signal away.
request-signal-everyone-young = Are you not yet 16? Then your parents or guardians have to say yes too. The signal does not count until everyone says yes. Does one of you say no? Then we throw the signal away.
request-signal-no-nothing-guardian = Saying no has no effect on the help for you or your child.
request-signal-no-nothing-young = Saying no has no effect on the help for you.
request-signal-no = We throw the signal away. { $asker } only sees that the signal is gone. It does not see who said no, or why.

## What has become of it
request-state-agreed-guardian = You said yes
request-state-agreed-young = You said yes
request-state-given = The consent has been given
request-state-refused-guardian = You said no
request-state-refused-young = You said no
request-state-not-given = The consent has not been given
request-state-withdrawn = The consent has been withdrawn
request-state-over = This question is over
request-agreed-exchange-guardian = You gave your consent on { $date }. Not everyone has chosen yet. Nothing goes back and forth yet.
request-agreed-exchange-young = You gave your consent on { $date }. Not everyone has chosen yet. Nothing goes back and forth yet.
request-agreed-signal-guardian = You gave your consent on { $date }. Not everyone has chosen yet. The signal does not count yet.
request-agreed-signal-young = You gave your consent on { $date }. Not everyone has chosen yet. The signal does not count yet.
request-agreed-back-guardian = Have you changed your mind? You can take back your yes.
request-agreed-back-young = Do you not want it after all? You can take back your yes.
request-take-back = Take back my yes
request-given-exchange = The consent was given on { $date }. The consent holds { $until }. The organisations on this page may now send each other messages and documents.
request-given-signal = The consent was given on { $date }. The consent holds { $until }. The signal now counts.
request-given-back-exchange-guardian = Have you changed your mind? You can withdraw the consent at any time. After that nothing goes back and forth any more.
request-given-back-exchange-young = Do you not want it after all? You can withdraw the consent at any time. After that nothing goes back and forth any more.
request-given-back-signal-guardian = Have you changed your mind? You can withdraw the consent at any time. Then we throw the signal away.
request-given-back-signal-young = Do you not want it after all? You can withdraw the consent at any time. Then we throw the signal away.
request-withdraw = Withdraw consent
request-refused-guardian = Your choice has been saved. The organisations only see that there is no consent. They do not see who said no, or why.
request-refused-young = Your choice has been saved. The organisations only see that there is no consent. They do not see who said no, or why.
request-refused-signal-guardian = Your choice has been saved.
request-refused-signal-young = Your choice has been saved.
request-not-everyone = Not everyone has given consent.
request-not-given-exchange-guardian = Nothing goes back and forth. This has no effect on the help for you or your child. You do not have to do anything.
request-not-given-exchange-young = Nothing goes back and forth. This has no effect on the help for you. You do not have to do anything.
request-not-given-signal-guardian = We throw the signal away. This has no effect on the help for you or your child. You do not have to do anything.
request-not-given-signal-young = We throw the signal away. This has no effect on the help for you. You do not have to do anything.
request-withdrawn-exchange = The consent was withdrawn on { $date }. Nothing goes back and forth any more.
request-withdrawn-left = Messages and documents that had not been fetched yet are gone. What an organisation had already read, it still knows.
request-withdrawn-signal = The consent was withdrawn on { $date }. We throw the signal away.
request-over-exchange-guardian = You cannot choose here any more. The time is over, or a new question took its place. This consent no longer holds.
request-over-exchange-young = You cannot choose here any more. The time is over, or a new question took its place. This consent no longer holds.
request-over-signal-guardian = You cannot choose here any more. The time is over, or the signal has ended.
request-over-signal-young = You cannot choose here any more. The time is over, or the signal has ended.
request-about = What it is about
request-about-exchange = { $asker } asked for consent on { $date }. It is about these organisations:
request-about-signal = { $asker } asked for consent to a signal on { $date }. A signal says that an organisation is involved, and not why. It is about this organisation:
request-recorded-guardian =
    You did not choose this here. { $who } wrote down what you { $form ->
        [written] put on paper
       *[said] said
    } on { $date }.
request-recorded-young =
    You did not choose this here. { $who } wrote down what you { $form ->
        [written] put on paper
       *[said] said
    } on { $date }.
request-recorded-masked-guardian =
    You did not choose this here. Another organisation wrote down what you { $form ->
        [written] put on paper
       *[said] said
    } on { $date }.
request-recorded-masked-young =
    You did not choose this here. Another organisation wrote down what you { $form ->
        [written] put on paper
       *[said] said
    } on { $date }.
request-recorded-wrong-guardian = Is it not right? Then take it back below.
request-recorded-wrong-young = Is it not right? Then take it back below.
request-signal-gone-title = The signal is gone
request-signal-gone-lead = We have received your choice and thrown the signal away.
request-signal-gone-no-effect = This has no effect on the help for you or your child. You do not have to do anything.
request-signal-gone-left = The question is gone too. That is why you cannot come back here. A log only says that this happened, without names.

## Taking it back: the last question before
request-take-back-title = Take back the yes
request-withdraw-sure-guardian = Do you want to withdraw the consent?
request-withdraw-sure-young = Do you want to withdraw the consent?
request-take-back-sure-guardian = Do you want to take back your yes?
request-take-back-sure-young = Do you want to take back your yes?
request-withdraw-signal-gone = We throw the signal away at once. { $asker } only sees that it is gone. It does not see by whom, or why.
request-withdraw-signal-others = Did other organisations already know of the signal? Then they see that { $asker } no longer takes part. What they already know, they still know.
request-withdraw-signal-no-effect-guardian = This has no effect on the help for you or your child. You cannot undo it here.
request-withdraw-signal-no-effect-young = This has no effect on the help for you. You cannot undo it here.
request-withdraw-stops = The organisations can at once no longer send each other messages and documents through Trefpunt. They cannot fetch any either.
request-withdraw-unfetched = Messages and documents that have not been fetched yet we throw away.
request-withdraw-read = What an organisation has already read, it still knows.
request-withdraw-seen = The organisations see that the consent has been withdrawn. They do not see by whom, or why.
request-withdraw-no-effect-guardian = Withdrawing has no effect on the help for you or your child.
request-withdraw-no-effect-young = Withdrawing has no effect on the help for you.
request-take-back-becomes-no = The answer then becomes no. Nothing goes back and forth.
request-take-back-seen = The organisations only see that there is no consent. They do not see who said no, or why.
request-back = Back, change nothing

## Who looked
request-looked = Who has looked?
request-looked-every-guardian = Each time one of these organisations looks, we write it down. You see it here.
request-looked-every-young = Each time one of these organisations looks, we write it down. You see it here.
request-looked-message =
    { $date }: { $who } fetched a message or document{ $times ->
        [1] { "" }
       *[other] { " " }({ $times } times)
    }
request-looked-match =
    { $date }: { $who } looked who is involved{ $times ->
        [1] { "" }
       *[other] { " " }({ $times } times)
    }
