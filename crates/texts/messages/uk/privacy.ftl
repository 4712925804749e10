### The privacy notice. It is made from the covenants that are in force and from the table of what is kept how long.

privacy-title = Приватність
privacy-lead = Тут написано, що Trefpunt зберігає про дітей і батьків, чому і як довго.

## What is kept
privacy-child-title = Що Trefpunt зберігає про дитину?
privacy-child-signal = Яка установа подала сигнал і коли він закінчується.
privacy-child-contact = Кому в тій установі може подзвонити колега.
privacy-child-code = Таємний код. Його зроблено з номера дитини (BSN), але самого номера Trefpunt не знає.
privacy-child-month = Місяць, у якому все має зникнути. У цьому місяці в дитини день народження.
privacy-child-not = Імені й адреси ми не зберігаємо. Причини сигналу теж. Повідомлення й документи замкнені: Trefpunt не може їх прочитати.
privacy-you-title = Що Trefpunt зберігає про вас?
privacy-you-role = Чи ви хтось із батьків, чи сам підліток. Не те, як вас звати.
privacy-you-choice = Що ви вибрали, коли, і який текст тоді прочитали.
privacy-you-asked = Про що ви попросили муніципалітет і яка була відповідь.
privacy-you-key = Ваші код, ключ і PIN-код, але так, що їх ніхто не прочитає.
privacy-source-title = Від кого ці дані?
privacy-source-text = Від установ, які подають сигнал. Ваш вибір надходить від вас. Інколи працівник записав, що ви сказали: тоді це зазначено.
privacy-seen-title = Хто це бачить?
privacy-seen-parties = Установи із сигналом про ту саму дитину бачать одна одну. Вони бачать, чи є згода, але не хто що вибрав. Ви вирішуєте самі? Тоді це видно з відповіді.
privacy-seen-municipality = Муніципалітет бачить, про що ви його просите. Він також бачить, чи дзвонять установи одна одній.
privacy-seen-supervisor = Наглядовий орган читає журнал без імен. Так він бачить, чи ми робимо те, що тут написано.
privacy-seen-operator = Хто обслуговує комп’ютери, працює на муніципалітет і нічого іншого з даними робити не може.
privacy-machine-title = Чи вирішує про вас комп’ютер?
privacy-machine-text = Ні. Комп’ютер лише шукає, чи два сигнали про ту саму дитину. Що буде далі, вирішують люди.

## What the region agreed
privacy-covenants-title = Про що домовляється регіон
privacy-own-title = Про що домовлено для вас
privacy-covenants-lead = Кожен регіон укладає угоду. Зараз вона така:
privacy-covenants-none = Угод ще немає.
privacy-municipality = Відповідає
privacy-officer = Стежить за зв’язком
privacy-basis = Чому це дозволено?
privacy-basis-notify = Це завдання установи (GDPR, стаття 6(1)(e)). Про кожен сигнал вам кажуть.
privacy-basis-consent = Бо ви кажете так (GDPR, стаття 6(1)(a)). Без вашої згоди сигнал не діє.
privacy-may-signal = Хто може подати сигнал?
privacy-grounds = Причини сигналу
privacy-signal-days = Сигнал діє щонайбільше
privacy-archive-years = Потім в архіві, щонайбільше
privacy-years =
    { $count ->
        [one] { $count } рік
        [few] { $count } роки
       *[other] { $count } років
    }
privacy-age-limit = Усе зникає в місяці, коли дитині виповнюється
privacy-told-within = Про сигнал вам кажуть не пізніше ніж за
privacy-consent-days = Ваша згода діє щонайбільше
privacy-contact-days = Після збігу установи дзвонять одна одній не пізніше ніж за
privacy-working-days =
    { $count ->
        [one] { $count } робочий день
        [few] { $count } робочі дні
       *[other] { $count } робочих днів
    }
privacy-reveal = Установи бачать назви одна одної
privacy-reveal-match = після збігу
privacy-reveal-consent = лише після згоди
privacy-sensitive = Назва завжди лише після згоди
privacy-none = немає
privacy-one-guardian = Чи може один із батьків сказати так і за другого?
privacy-attested = Чи може працівник записати, що ви сказали так?
privacy-birthday = А якщо дитині виповнюється 12, поки триває запитання?
privacy-birthday-keep = Те, що ви вибрали, лишається в силі.
privacy-birthday-again = Ми питаємо вас знову.
privacy-siblings = Чи впізнають братів і сестер?
privacy-delegation = Чи може установа робити це за іншу?
privacy-limit = Сигналів однієї установи за годину, щонайбільше
privacy-yes = так
privacy-no = ні

## How long: one line for each kind of thing. The line begins with the thing
privacy-keep-title = Як довго ми це зберігаємо?
privacy-keep-number = Номер дитини (BSN): ніколи.
privacy-keep-pseudonym = Таємний код дитини: доки не видалено останній сигнал.
privacy-keep-same-child = Чи два коди про одну дитину: доки не видалено сигнал одного з них.
privacy-keep-family-match = Що у двох дітей той самий батько чи мати: поки є сигнал.
privacy-keep-signal = Сигнал: діє до дня, який вибрала установа. Потім іде в архів.
privacy-keep-sleeping = Сигнал, що чекає вашої згоди: щонайбільше { $days }.
privacy-keep-archive = Сигнал в архіві: стільки, скільки домовився регіон. Одна нова установа може раз про нього дізнатися. Потім він зникає за { $days }.
privacy-keep-at-once = Сигнал, якого не мало бути або проти якого ви успішно заперечили: зникає одразу.
privacy-keep-birth-month = Місяць, у якому все має зникнути: поки є сигнал.
privacy-keep-ground = Причина сигналу: ніколи.
privacy-keep-match = Збіг і хто дзвонив: доки не видалено його останній сигнал.
privacy-keep-told = Що вам сказали про сигнал або чому ще ні: поки є сигнал.
privacy-keep-waiting = Сигнали, що чекають своєї черги: щонайбільше 7 днів.
privacy-keep-birthday = Що дитині скоро 12 або 16: поки триває запитання. Якщо згода закінчується того дня, цей день лишається разом зі згодою.
privacy-keep-code = Код із листа, так що його ніхто не прочитає: поки є запитання або сигнал.
privacy-keep-key = Ваші ключ і PIN-код, так що їх ніхто не прочитає: поки вам є що побачити.
privacy-keep-objection = Ваше заперечення: доки не видалено останній сигнал про дитину.
privacy-keep-request = Прохання показати або видалити дані: доки не видалено останній сигнал про дитину.
privacy-keep-file = Огляд, який ви попросили: ми його не зберігаємо. Його можна побачити стільки часу: { $days }.
privacy-keep-consent = Ваша згода: діє до дня, зазначеного біля неї. Доказ лишається, поки є збіг або сигнал.
privacy-keep-looked = Хто дивився: поки є збіг.
privacy-keep-ended = Що згода закінчилася, без імені: до дня, коли вона скінчилася б сама.
privacy-keep-decision = Хто що вибрав: поки є збіг або сигнал. Жодна установа не може цього прочитати.
privacy-keep-message = Замкнені повідомлення й документи: доки їх не отримали або доки не закінчилася ваша згода.
privacy-keep-sent = Що було повідомлення: поки є збіг.
privacy-keep-colleague = Кому дзвонити в установі: поки є сигнал.
privacy-keep-mail = Поштова адреса працівника: до години після листа. Якщо лист не дійшов, 30 днів.
privacy-keep-answers = Що ми відповіли комп’ютеру установи: 25 годин.
privacy-keep-session = Що ви ввійшли: доки не вийдете, щонайбільше дві години.
privacy-keep-log = Журнал без імен: поки він потрібен наглядовому органу.
privacy-keep-log-details = Що в журналі стосується людини: доки не видалено те, про що йдеться.
privacy-keep-statistics = Числа від десяти: лишаються. З них нікого не впізнати.

## Cookies and rights
privacy-cookie-title = Файли cookie
privacy-cookie-text = Ми вживаємо лише потрібні файли cookie: щоб вас впустити і щоб знати, яку мову ви вибрали. Ми за вами не стежимо. Цей сайт нічого не бере в інших компаній.
privacy-cookie-address = Вашу інтернет-адресу ми вживаємо лише для того, щоб сповільнити вгадування кодів. Для цього ми її не зберігаємо.
privacy-rights-title = Що ви можете?
privacy-rights-withdraw = Відкликати згоду будь-коли.
privacy-rights-access = Побачити, що зберігається.
privacy-rights-correct = Попросити виправити помилки.
privacy-rights-erase = Попросити видалити.
privacy-rights-object = Заперечити проти сигналу.
privacy-rights-how = Це можна зробити тут, із листом, або в муніципалітеті. У муніципалітеті є людина, яка дбає про ваші дані: уповноважений із захисту даних. Ви можете про неї спитати.
privacy-rights-authority = Не задоволені? Поскаржитися можна сюди: { $authority }.
