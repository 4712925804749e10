### The page with help, and the block about safety that stands at the bottom of every page.

## Safety: at the bottom of every page
help-safety-title = Are you worried about safety?
help-safety-title-young = Do you not feel safe?
help-safety-call = Call Veilig Thuis: { $phone }. It is free. You can call day and night.
help-safety-danger = Is there danger right now? Call { $phone }.
help-safety-child = You can also call the Kindertelefoon, for children: { $phone }. It is free.

## Page: help
help-title = Help
help-lead = Here you read what Trefpunt is, and where you find help.
help-what-title = What is Trefpunt?
help-what-why = Sometimes several people help the same child. At school, at childcare, or in health care. They do not always know of each other.
help-what-signal = In Trefpunt an organisation can let others know that it is involved with a child. That is called a signal. It does not say why. It holds no name and no address either.
help-what-match = Are two signals about the same child? That is called a match. The organisations are told of each other. They may send something about the child only when you say yes.
help-letter-title = I have a letter with a code
help-letter-first = Go to the start and enter the code from your letter.
help-letter-pin = Choose a PIN code. You also get a key then. Keep it safe.
help-letter-read = Read what is asked.
help-letter-choose = Choose yes or no. You may think about it first.
help-letter-back = Do you want to come back later? Then you enter your key and your PIN code. The code from the letter works only once.
help-letter-who = Up to the age of 12 the parents choose. From 12 to 16 the child chooses too. From 16 the young person chooses alone.
help-code-title = My code does not work
help-code-check =
    See whether you entered all 16 characters. A code works for { $days ->
        [one] { $days } day
       *[other] { $days } days
    }. Has the code been used? Then enter your key.
help-code-lost = Did you lose your code, key or PIN code? Take your letter to your municipality. There you get a new code.
help-real-title = Is my letter real?
help-real-text = Are you not sure? Then enter nothing. Call the organisation that the letter names. Use a number that you know already.
help-real-never = Nobody will call or mail you to ask for your code, key or PIN code. Give them to nobody.
help-no-title = What if I say no?
help-no-text = Nothing. You get as much help as before. The organisations only see that there is no yes. They do not see why.
help-ask-title = Whom can I ask?
help-ask-organisation = About the question or the signal: call the organisation that sent the letter.
help-ask-municipality = About your rights: go to your municipality. There you can do everything that you can do here. You do not need a computer then.
help-ask-reading = Is reading not so easy for you? Ask somebody you trust to read with you. The choice is yours.
help-complaint-title = I have a complaint
help-complaint-municipality = First tell the organisation that sent the letter, or your municipality. They have to give you an answer.
help-complaint-ombudsman = Does that not help? Then go to the { $ombudsman }. It is free.
help-ombudsman = National Ombudsman
help-complaint-authority = Is it about your data? Then you can also complain to the { $authority }.
help-danger-title = Is a child not safe?
help-danger-text = Then call Veilig Thuis. They help with violence at home and when a child is treated badly. You do not have to give your name.
help-danger-not-here = In Trefpunt nobody watches whether a child is safe. So do not wait for Trefpunt.
help-young-title = For children and young people
help-young-text = Do you want to talk to somebody? Call the Kindertelefoon: { $phone }. It is free. You do not have to say your name. They speak Dutch.
help-young-rights = Are you 12 or older? Then you may ask yourself what is kept about you. You may also object.
