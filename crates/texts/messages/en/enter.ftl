### The way in: entering the code of a letter, choosing a PIN, keeping the return key, coming back with both.

## The first page

enter-title = Enter your code
enter-lead = You received a letter with a code. With that code you can read what the letter is about. Then you decide what to do.
enter-code-label = Code from your letter
enter-code-hint = The code has 16 letters and numbers. For example: { $example }. Capital letters and hyphens do not matter.
enter-code-wrong = This code does not work.
enter-code-wrong-help = This code does not work. Check that you copied the code correctly. The code may be too old, or already used. Did you already choose a PIN code? Then come back with your key. Still no luck? Ask for help at the desk of your municipality.
enter-next = Continue
enter-back-title = Have you been here before?
enter-back-lead = Then come back with your key and your PIN code.
enter-key-label = Your key
enter-key-hint = The key has 16 letters and numbers. You received it when you chose a PIN code.
enter-pin-label = Your PIN code
enter-pin-hint = That is 6 digits.
enter-back-button = Come back
enter-key-wrong = This key and PIN code do not work.
enter-key-wrong-help = This key and PIN code do not work. Check that you copied everything correctly. Has a wrong PIN code been entered many times? Then wait an hour. Have you lost your key or your PIN code? The municipality will give you a new code.

## Good to know

enter-know-title = Good to know
enter-know-nothing = Entering the code decides nothing. You read everything first.
enter-know-yours = The code is for you only. Do not give it to anyone else.
enter-know-once = The code works once. After that you come back with a key and a PIN code.
enter-know-closes = The page closes by itself after two hours. Then enter your key and your PIN code.

## Choosing a PIN

enter-pin-title = Choose a PIN code
enter-pin-lead = Choose 6 digits that you will remember. Then you receive a key. With that key and these digits you can come back later.
enter-pin-choose-label = PIN code of 6 digits
enter-pin-choose-hint = Not 123456 and not six times the same digit.
enter-pin-again-label = The same PIN code again
enter-pin-button = Save PIN code
enter-pin-not-six = Enter 6 digits.
enter-pin-too-easy = This PIN code is too easy. Choose other digits.
enter-pin-differs = The two PIN codes are not the same.
enter-pin-spent = Your code will not work after this. That way nobody can get in with your letter.
enter-pin-time = You have 15 minutes. Does it take longer? Then enter your code again.

## The return key

enter-kept-title = This is your key
enter-kept-lead = Keep this key safe. With the key and your PIN code you can come back here later.
enter-kept-write = Write the key down, or print this page. Do not write your PIN code next to it.
enter-kept-once = You see the key here once. We do not keep it.
enter-kept-lost = Have you lost the key? Go to the desk of { $municipality }. There you will get a new code.
enter-kept-button = I have kept the key
