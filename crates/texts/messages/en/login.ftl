### Logging in with DigiD or another service ($name), beside the letter. Nobody has to; it is asked for only to see everything about a child.

## Before logging in
login-title = Log in with { $name }
login-lead-guardian = With { $name } you show who you are.
login-lead-young = With { $name } you show who you are.
login-why-guardian = You only see everything about your child once you have logged in.
login-why-young = You only see everything about you once you have logged in.
login-voluntary-guardian = You do not have to log in for anything else. You can also say yes or no without logging in.
login-voluntary-young = You do not have to log in for anything else. You can also say yes or no without logging in.
login-asked = What do we get to see?
login-asked-guardian = We do not ask for your name or your citizen service number. We get a code that only works with us. That way we see that it is you again.
login-asked-young = We do not ask for your name or your citizen service number. We get a code that only works with us. That way we see that it is you again.

## On the way there and back
login-there = To { $name }
login-there-text = Is nothing happening? Then choose the button.
login-there-button = Continue to { $name }
login-back = Back in Trefpunt
login-back-text = Choose Continue. Then it says whether it worked.
login-back-button = Continue

## Afterwards
login-done-guardian = You are logged in
login-done-young = You are logged in
login-done-text-guardian = You are logged in with { $name }. Are you finished? Then choose Log out.
login-done-text-young = You are logged in with { $name }. Are you finished? Then choose Log out.
login-everything-guardian = Everything about your child
login-everything-young = Everything about you
login-to-signal = To the signal

## When it did not work
login-failed = Logging in did not work
login-failed-text = Nothing has changed. Try again, or go on without logging in.
login-again = Log in again
login-another = Somebody else logged in before
login-another-text = Somebody else logged in with this letter before. That is why it is not possible now. Is that wrong? Then call the municipality.
login-later = You cannot log in right now
login-later-text = The log-in service gives no answer. Try again later, or go on without logging in.
