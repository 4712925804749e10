## On every paper

paper-date = Date
paper-reference = Reference
paper-reference-is = Reference { $reference }

## Letter

paper-letter-title-question = A question about your child
paper-letter-title-question-young = A question for you
paper-letter-title-signal = A message about your child
paper-letter-title-signal-young = A message for you
paper-letter-works-from = The code works from
paper-letter-works = The code works
paper-letter-exchange = We want to talk with other organisations about your child. We only do that if you agree. So we are asking for your consent.
paper-letter-exchange-young = We want to talk with other organisations about you. We only do that if you agree. So we are asking for your consent.
paper-letter-asked-signal = We help your child. We want to make that known in Trefpunt, with a signal. Then other organisations can find us. We do not say why we help. We only do this if you agree.
paper-letter-asked-signal-young = We help you. We want to make that known in Trefpunt, with a signal. Then other organisations can find us. We do not say why we help. We only do this if you agree.
paper-letter-signal = We help your child. We have made that known in Trefpunt, with a signal. Then other organisations can find us. It does not say why.
paper-letter-signal-young = We help you. We have made that known in Trefpunt, with a signal. Then other organisations can find us. It does not say why.
paper-letter-address = Go to this website:
paper-letter-code = Enter your code there:
paper-letter-code-young = Enter your code there:
paper-letter-square = Square code to scan. It holds only this address: { $address }
paper-letter-how = How to get in
paper-letter-how-young = How to get in
paper-letter-step-go = Type the address of the website. Or scan the square with your phone.
paper-letter-step-go-young = Type the address of the website. Or scan the square with your phone.
paper-letter-step-code = Enter the code. Then choose a PIN code yourself.
paper-letter-step-code-young = Enter the code. Then choose a PIN code yourself.
paper-letter-step-key = You get a key. Use it to come back later. The code in this letter then no longer works.
paper-letter-step-key-young = You get a key. Use it to come back later. The code in this letter then no longer works.
paper-letter-opens = What can you do with the code?
paper-letter-opens-young = What can you do with the code?
paper-letter-opens-question = You read who is asking, what for and for how long. You say yes or no. You can always take back a yes. The code opens only this question.
paper-letter-opens-question-young = You read who is asking, what for and for how long. You say yes or no. You can always take back a yes. The code opens only this question.
paper-letter-opens-signal = You see our signal and what happens with it. Do you disagree with the signal? Then you can make an objection there. The code opens only this signal.
paper-letter-opens-signal-young = You see our signal and what happens with it. Do you disagree with the signal? Then you can make an objection there. The code opens only this signal.
paper-letter-secret = The code is for you alone. Do not give the code to anyone. We never ask for it.
paper-letter-secret-young = The code is for you alone. Do not give the code to anyone. We never ask for it.
paper-letter-nothing = What if you do nothing?
paper-letter-nothing-young = What if you do nothing?
paper-letter-nothing-exchange = Then there is no consent, and nothing happens. If you say no, nothing happens either. The help stays as it is.
paper-letter-nothing-exchange-young = Then there is no consent, and nothing happens. If you say no, nothing happens either. The help stays as it is.
paper-letter-nothing-asked-signal = Then our signal does not count, and it disappears. If you say no, it disappears too. The help stays as it is.
paper-letter-nothing-asked-signal-young = Then our signal does not count, and it disappears. If you say no, it disappears too. The help stays as it is.
paper-letter-nothing-signal = Then the signal stays until it ends. You do not have to do anything. The help stays as it is.
paper-letter-nothing-signal-young = Then the signal stays until it ends. You do not have to do anything. The help stays as it is.
paper-letter-help = Do you need help?
paper-letter-help-young = Do you need help?
paper-letter-help-where = Take this letter to { $municipality }. They will help you there. Or ask the person who gave you the letter.
paper-letter-help-where-young = Take this letter to { $municipality }. They will help you there. Or ask the person who gave you the letter.
paper-letter-safety = Is it not safe at home? Call Veilig Thuis: 0800-2000. It is free, day and night. Is there danger now? Call 112.
paper-letter-safety-young = Is it not safe at home? Call Veilig Thuis: 0800-2000. It is free, day and night. Is there danger now? Call 112.
paper-letter-in-this-language = English: on the website you can read everything in English.

## Receipt

paper-receipt-title = Receipt
paper-receipt-about = This is proof of what you chose in Trefpunt. Keep it in a safe place.
paper-receipt-about-young = This is proof of what you chose in Trefpunt. Keep it in a safe place.
paper-receipt-question = The question
paper-receipt-exchange = May organisations talk with each other about your child?
paper-receipt-exchange-young = May organisations talk with each other about you?
paper-receipt-signal = May an organisation give a signal about your child?
paper-receipt-signal-young = May an organisation give a signal about you?
paper-receipt-asked-by = Who asked
paper-receipt-between = Who want to talk
paper-receipt-answer = The answer
paper-receipt-agreed = You said yes. There is no consent yet: not everyone who must choose has chosen.
paper-receipt-agreed-young = You said yes. There is no consent yet: not everyone who must choose has chosen.
paper-receipt-given = Yes. There is consent.
paper-receipt-refused = You said no. There is no consent.
paper-receipt-refused-young = You said no. There is no consent.
paper-receipt-withdrawn = The consent has been withdrawn.
paper-receipt-when = Chosen on
paper-receipt-since = There is consent since
paper-receipt-until = The consent is valid
paper-receipt-withdrawn-at = Withdrawn on
paper-receipt-text = Version of the text
paper-receipt-made = Date of this receipt
paper-receipt-back = How do you take back a yes?
paper-receipt-back-young = How do you take back a yes?
paper-receipt-back-how = Go to { $address }. Log in with your key and your PIN code. Choose withdraw there. You can always do that. You do not have to say why.
paper-receipt-back-how-young = Go to { $address }. Log in with your key and your PIN code. Choose withdraw there. You can always do that. You do not have to say why.
paper-receipt-key = Your key
paper-receipt-key-young = Your key
paper-receipt-key-how = With this key and your PIN code you come back. Do not write the PIN code on this paper.
paper-receipt-key-how-young = With this key and your PIN code you come back. Do not write the PIN code on this paper.
paper-receipt-key-name = For you alone. Do not give the key to anyone.
paper-receipt-key-name-young = For you alone. Do not give the key to anyone.
paper-receipt-help = Take this paper to { $municipality }. They will help you there.
paper-receipt-help-young = Take this paper to { $municipality }. They will help you there.

## Links to papers, on pages

paper-download-file = As a PDF, to print
paper-download-receipt = Your receipt as a PDF
paper-download-receipt-young = Your receipt as a PDF
paper-download-signed = Receipt for a computer (JSON-LD, signed)
paper-download-key = The key as a PDF, to print
