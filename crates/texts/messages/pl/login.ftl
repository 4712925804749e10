### Logging in with DigiD or another service ($name), beside the letter. Nobody has to; it is asked for only to see everything about a child.

## Before logging in
login-title = Logowanie przez { $name }
login-lead-guardian = Przez { $name } pokazują Państwo, kim Państwo są.
login-lead-young = Przez { $name } pokazujesz, kim jesteś.
login-why-guardian = Wszystko o Państwa dziecku widać dopiero po zalogowaniu.
login-why-young = Wszystko o sobie widzisz dopiero po zalogowaniu.
login-voluntary-guardian = Poza tym logowanie nie jest potrzebne. Mogą Państwo powiedzieć „tak” lub „nie” także bez logowania.
login-voluntary-young = Poza tym logowanie nie jest potrzebne. Możesz powiedzieć „tak” lub „nie” także bez logowania.
login-asked = Co widzimy?
login-asked-guardian = Nie pytamy o Państwa nazwisko ani o numer BSN (burgerservicenummer). Dostajemy kod, który działa tylko u nas. Dzięki temu widzimy, że to znowu Państwo.
login-asked-young = Nie pytamy o Twoje nazwisko ani o numer BSN (burgerservicenummer). Dostajemy kod, który działa tylko u nas. Dzięki temu widzimy, że to znowu Ty.

## On the way there and back
login-there = Przejście do { $name }
login-there-text = Nic się nie dzieje? Proszę wybrać przycisk.
login-there-button = Dalej do { $name }
login-back = Powrót do Trefpunt
login-back-text = Proszę wybrać „Dalej”. Tam będzie napisane, czy się udało.
login-back-button = Dalej

## Afterwards
login-done-guardian = Są Państwo zalogowani
login-done-young = Logowanie udane
login-done-text-guardian = Są Państwo zalogowani przez { $name }. Czy to już wszystko? Proszę wybrać „Wyloguj się”.
login-done-text-young = Logowanie przez { $name } się udało. Czy to już wszystko? Wybierz „Wyloguj się”.
login-everything-guardian = Wszystko o Państwa dziecku
login-everything-young = Wszystko o Tobie
login-to-signal = Do sygnału

## When it did not work
login-failed = Logowanie się nie udało
login-failed-text = Nic się nie zmieniło. Proszę spróbować jeszcze raz lub przejść dalej bez logowania.
login-again = Zaloguj się ponownie
login-another = Wcześniej zalogował się ktoś inny
login-another-text = Z tym listem zalogował się już wcześniej ktoś inny. Dlatego teraz to niemożliwe. Czy to błąd? Proszę zadzwonić do gminy.
login-later = Teraz nie można się zalogować
login-later-text = Usługa logowania nie odpowiada. Proszę spróbować później lub przejść dalej bez logowania.
