### Logging in with DigiD or another service ($name), beside the letter. Nobody has to; it is asked for only to see everything about a child.

## Before logging in
login-title = Вхід через { $name }
login-lead-guardian = Через { $name } ви показуєте, хто ви.
login-lead-young = Через { $name } ти показуєш, хто ти.
login-why-guardian = Усе про вашу дитину ви бачите лише після входу.
login-why-young = Усе про себе ти бачиш лише після входу.
login-voluntary-guardian = Більше ні для чого входити не треба. Сказати «так» або «ні» ви можете й без входу.
login-voluntary-young = Більше ні для чого входити не треба. Сказати «так» або «ні» ти можеш і без входу.
login-asked = Що ми бачимо?
login-asked-guardian = Ми не питаємо вашого імені та номера BSN (burgerservicenummer). Ми отримуємо код, який діє лише в нас. Так ми бачимо, що це знову ви.
login-asked-young = Ми не питаємо твого імені та номера BSN (burgerservicenummer). Ми отримуємо код, який діє лише в нас. Так ми бачимо, що це знову ти.

## On the way there and back
login-there = Перехід до { $name }
login-there-text = Нічого не відбувається? Тоді виберіть кнопку.
login-there-button = Далі до { $name }
login-back = Знову в Trefpunt
login-back-text = Виберіть «Далі». Там буде написано, чи вдався вхід.
login-back-button = Далі

## Afterwards
login-done-guardian = Ви увійшли
login-done-young = Вхід виконано
login-done-text-guardian = Ви увійшли через { $name }. Закінчили? Тоді виберіть «Вийти».
login-done-text-young = Вхід через { $name } виконано. Це все? Тоді вибери «Вийти».
login-everything-guardian = Усе про вашу дитину
login-everything-young = Усе про тебе
login-to-signal = До сигналу

## When it did not work
login-failed = Увійти не вдалося
login-failed-text = Нічого не змінилося. Спробуйте ще раз або продовжуйте без входу.
login-again = Увійти ще раз
login-another = Раніше увійшла інша людина
login-another-text = Із цим листом раніше увійшла інша людина. Тому зараз це неможливо. Це помилка? Тоді зателефонуйте до муніципалітету.
login-later = Зараз увійти не можна
login-later-text = Служба входу не відповідає. Спробуйте пізніше або продовжуйте без входу.
