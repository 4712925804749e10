## On every paper

paper-date = Дата
paper-reference = Номер справи
paper-reference-is = Номер справи { $reference }

## Letter

paper-letter-title-question = Запитання про вашу дитину
paper-letter-title-question-young = Запитання до тебе
paper-letter-title-signal = Повідомлення про вашу дитину
paper-letter-title-signal-young = Повідомлення для тебе
paper-letter-works-from = Код діє з
paper-letter-works = Код діє
paper-letter-exchange = Ми хочемо поговорити з іншими установами про вашу дитину. Ми зробимо це, лише якщо ви не проти. Тому ми просимо вашої згоди.
paper-letter-exchange-young = Ми хочемо поговорити з іншими установами про тебе. Ми зробимо це, лише якщо ти не проти. Тому ми просимо твоєї згоди.
paper-letter-asked-signal = Ми допомагаємо вашій дитині. Ми хочемо зазначити це в Trefpunt сигналом. Так інші установи зможуть нас знайти. Ми не пишемо чому. Ми зробимо це, лише якщо ви не проти.
paper-letter-asked-signal-young = Ми допомагаємо тобі. Ми хочемо зазначити це в Trefpunt сигналом. Так інші установи зможуть нас знайти. Ми не пишемо чому. Ми зробимо це, лише якщо ти не проти.
paper-letter-signal = Ми допомагаємо вашій дитині. Ми зазначили це в Trefpunt сигналом. Так інші установи можуть нас знайти. Чому, там не написано.
paper-letter-signal-young = Ми допомагаємо тобі. Ми зазначили це в Trefpunt сигналом. Так інші установи можуть нас знайти. Чому, там не написано.
paper-letter-address = Перейдіть на цей сайт:
paper-letter-code = Введіть там свій код:
paper-letter-code-young = Введи там свій код:
paper-letter-square = Квадратний код для сканування. У ньому є лише ця адреса: { $address }
paper-letter-how = Як увійти
paper-letter-how-young = Як увійти
paper-letter-step-go = Введіть адресу сайту. Або відскануйте квадрат телефоном.
paper-letter-step-go-young = Введи адресу сайту. Або відскануй квадрат телефоном.
paper-letter-step-code = Введіть код. Потім самі виберіть PIN-код.
paper-letter-step-code-young = Введи код. Потім вибери собі PIN-код.
paper-letter-step-key = Ви отримаєте ключ. З ним ви зможете повернутися пізніше. Код із цього листа тоді вже не діятиме.
paper-letter-step-key-young = Ти отримаєш ключ. З ним ти зможеш повернутися пізніше. Код із цього листа тоді вже не діятиме.
paper-letter-opens = Що можна зробити з кодом?
paper-letter-opens-young = Що можна зробити з кодом?
paper-letter-opens-question = Ви прочитаєте, хто просить, для чого і на який час. Ви скажете так або ні. Своє «так» завжди можна відкликати. Код відкриває лише це запитання.
paper-letter-opens-question-young = Ти прочитаєш, хто просить, для чого і на який час. Ти скажеш так або ні. Своє «так» завжди можна відкликати. Код відкриває лише це запитання.
paper-letter-opens-signal = Ви побачите наш сигнал і що з ним відбувається. Ви не згодні із сигналом? Тоді там можна подати заперечення. Код відкриває лише цей сигнал.
paper-letter-opens-signal-young = Ти побачиш наш сигнал і що з ним відбувається. Ти не погоджуєшся із сигналом? Тоді там можна подати заперечення. Код відкриває лише цей сигнал.
paper-letter-secret = Код лише для вас. Нікому не давайте код. Ми ніколи про нього не питаємо.
paper-letter-secret-young = Код лише для тебе. Нікому не давай код. Ми ніколи про нього не питаємо.
paper-letter-nothing = Що, як ви нічого не зробите?
paper-letter-nothing-young = Що, як ти нічого не зробиш?
paper-letter-nothing-exchange = Тоді згоди немає і нічого не станеться. Якщо ви скажете ні, теж нічого не станеться. Допомога залишиться такою, як є.
paper-letter-nothing-exchange-young = Тоді згоди немає і нічого не станеться. Якщо ти скажеш ні, теж нічого не станеться. Допомога залишиться такою, як є.
paper-letter-nothing-asked-signal = Тоді наш сигнал не діє і зникне. Якщо ви скажете ні, він теж зникне. Допомога залишиться такою, як є.
paper-letter-nothing-asked-signal-young = Тоді наш сигнал не діє і зникне. Якщо ти скажеш ні, він теж зникне. Допомога залишиться такою, як є.
paper-letter-nothing-signal = Тоді сигнал залишиться, доки не закінчиться його строк. Вам нічого не треба робити. Допомога залишиться такою, як є.
paper-letter-nothing-signal-young = Тоді сигнал залишиться, доки не закінчиться його строк. Тобі нічого не треба робити. Допомога залишиться такою, як є.
paper-letter-help = Вам потрібна допомога?
paper-letter-help-young = Тобі потрібна допомога?
paper-letter-help-where = Візьміть цей лист до муніципалітету { $municipality }. Там вам допоможуть. Або запитайте того, хто дав вам лист.
paper-letter-help-where-young = Візьми цей лист до муніципалітету { $municipality }. Там тобі допоможуть. Або запитай того, хто дав тобі лист.
paper-letter-safety = Удома небезпечно? Телефонуйте до Veilig Thuis: 0800-2000. Це безкоштовно, вдень і вночі. Зараз є небезпека? Телефонуйте 112.
paper-letter-safety-young = Удома небезпечно? Телефонуй до Veilig Thuis: 0800-2000. Це безкоштовно, вдень і вночі. Зараз є небезпека? Телефонуй 112.
paper-letter-in-this-language = Українська: на сайті можна прочитати все українською.

## Receipt

paper-receipt-title = Підтвердження
paper-receipt-about = Це підтвердження вашого вибору в Trefpunt. Добре збережіть його.
paper-receipt-about-young = Це підтвердження твого вибору в Trefpunt. Добре збережи його.
paper-receipt-question = Запитання
paper-receipt-exchange = Чи можуть установи говорити про вашу дитину?
paper-receipt-exchange-young = Чи можуть установи говорити про тебе?
paper-receipt-signal = Чи може установа подати сигнал про вашу дитину?
paper-receipt-signal-young = Чи може установа подати сигнал про тебе?
paper-receipt-asked-by = Хто просив
paper-receipt-between = Хто хоче говорити
paper-receipt-answer = Відповідь
paper-receipt-agreed = Ви сказали так. Згоди ще немає: вибрали не всі, хто має вибрати.
paper-receipt-agreed-young = Ти кажеш так. Згоди ще немає: вибрали не всі, хто має вибрати.
paper-receipt-given = Так. Згода є.
paper-receipt-refused = Ви сказали ні. Згоди немає.
paper-receipt-refused-young = Ти кажеш ні. Згоди немає.
paper-receipt-withdrawn = Згоду відкликано.
paper-receipt-when = Дата вибору
paper-receipt-since = Згода є з
paper-receipt-until = Згода діє
paper-receipt-withdrawn-at = Відкликано
paper-receipt-text = Версія тексту
paper-receipt-made = Дата підтвердження
paper-receipt-back = Як відкликати «так»?
paper-receipt-back-young = Як відкликати «так»?
paper-receipt-back-how = Перейдіть на { $address }. Увійдіть із ключем і PIN-кодом. Виберіть там «відкликати». Це можна зробити завжди. Не треба казати чому.
paper-receipt-back-how-young = Перейди на { $address }. Увійди з ключем і PIN-кодом. Вибери там «відкликати». Це можна зробити завжди. Не треба казати чому.
paper-receipt-key = Ваш ключ
paper-receipt-key-young = Твій ключ
paper-receipt-key-how = Із цим ключем і PIN-кодом ви повернетеся. Не пишіть PIN-код на цьому папері.
paper-receipt-key-how-young = Із цим ключем і PIN-кодом ти повернешся. Не пиши PIN-код на цьому папері.
paper-receipt-key-name = Лише для вас. Нікому не давайте ключ.
paper-receipt-key-name-young = Лише для тебе. Нікому не давай ключ.
paper-receipt-help = Візьміть цей папір до муніципалітету { $municipality }. Там вам допоможуть.
paper-receipt-help-young = Візьми цей папір до муніципалітету { $municipality }. Там тобі допоможуть.

## Links to papers, on pages

paper-download-file = У форматі PDF, щоб надрукувати
paper-download-receipt = Ваше підтвердження (PDF)
paper-download-receipt-young = Твоє підтвердження (PDF)
paper-download-signed = Підтвердження для комп’ютера (JSON-LD, підписане)
paper-download-key = Ключ у форматі PDF, щоб надрукувати
