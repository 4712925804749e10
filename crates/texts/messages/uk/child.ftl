### What there is about a child: the overview, everything, and the downloads.

## The page about a child, and its downloads

child-title-guardian = Ваша дитина в Trefpunt
child-title-young = Ти в Trefpunt
child-lead = Тут є те, що можна побачити з цим листом.
child-whole-title-guardian = Усе про вашу дитину
child-whole-title-young = Усе про тебе
child-whole-lead = Тут є все, що зараз можна побачити.
child-made-at = Так було: { $moment }.

## What is asked of the reader

child-asked-title = Що мені тепер робити?
child-asked-nothing = Нічого. Зараз немає запитання.
child-asked-open = Установа { $who } просить згоди. Вибрати можна { $until }.
child-asked-agreed = Нічого. Відповідь «так» збережено. Ще не всі вибрали.
child-asked-given = Нічого. Згоду надано, вона діє { $until }.
child-to-question = Прочитати запитання й вибрати
child-to-consent = Переглянути або відкликати відповідь
child-to-answer = Переглянути, про що питали

## Signals

child-signals-title = Хто залучений?
child-signals-intro = Сигнал каже, що установа залучена. Він не каже чому.
child-signals-none = Тут немає сигналу.
child-signal-sleeping = чекає: спершу потрібна згода
child-signal-active = діє
child-signal-paused = зараз не діє: родину ще не повідомили
child-signal-ended = установа його завершила
child-signal-expired = завершився сам
child-signal-archived = в архіві

## Matches

child-matches-title = Хто знайшов одне одного?
child-matches-intro = Якщо дві установи подають сигнал про ту саму дитину, вони дізнаються одна про одну. Це називається збіг.
child-matches-none = Тут немає збігу.
child-match = Збіг: { $date }
child-match-open = ще не всі були на зв’язку
child-match-contact-confirmed = установи були на зв’язку
child-match-closed = закрито
child-outcome-signals-ended = сигналів уже не вистачало
child-party = { $who } — з { $since }
child-party-contact = { $who } — з { $since }, контакт: { $contact }
child-party-left = { $who } — з { $since } до { $left }
child-message-unread = { $sent } — від: { $from }, кому: { $to }. Ще не отримано.
child-message-read = { $sent } — від: { $from }, кому: { $to }. Отримано: { $read }.
child-message-gone = { $sent } — від: { $from }, кому: { $to }. Видалено непрочитаним: { $gone }.

## Consent

child-consents-title = Яку згоду просили?
child-consents-none = Тут немає прохання про згоду.
child-consent = Прохання: { $date }
child-consent-requested = ще не всі вибрали
child-consent-given = надано
child-consent-refused = не надано
child-consent-withdrawn = відкликано
child-consent-expired = минула
child-consent-replaced = замінено новою згодою
child-consent-superseded = запитано знову після 12-го чи 16-го дня народження
child-purpose-exchange = обмін інформацією між цими установами
child-purpose-signal = сигнал цієї установи
child-answer-none = ще не вибрано
child-answer-agreed = так
child-answer-refused = ні

## Who looked

child-viewings-title = Хто дивився й коли?
child-viewings-intro = Якщо сюди дивиться хтось із установи, ми це записуємо.
child-viewings-none = Тут нікого немає.
child-viewing-match = { $day } — { $who }: перегляд, хто залучений (разів: { $times }, востаннє { $time })
child-viewing-message = { $day } — { $who }: отримання повідомлення чи документа (разів: { $times }, востаннє { $time })

## What was asked of the municipality

child-rights-title = Про що я просив або просила муніципалітет?
child-objection = Заперечення: { $date }
child-request-access = Прохання побачити все: { $date }
child-request-erasure = Прохання видалити: { $date }
child-objection-open = розглядається
child-objection-upheld = задоволено: сигнал видалено
child-objection-rejected = відхилено: сигнал залишається
child-objection-withdrawn = відкликано
child-objection-lapsed = більше не потрібне: сигналу вже немає
child-request-requested = розглядається
child-request-given = задоволено
child-request-partly = задоволено частково
child-request-refused = відхилено
child-request-withdrawn = відкликано

## Names of facts. Each stands above or before its value, so with a capital

child-fact-state = Як зараз
child-fact-given-on = Надано
child-fact-given-by = Хто надав
child-fact-ends-on = Завершиться не пізніше
child-fact-ended-on = Завершено
child-fact-gone-in = Усе зникне з
child-fact-archived-until = В архіві до
child-fact-archive-noticed = Нову установу повідомлено
child-fact-informed = Повідомлення родини
child-informed = { $date }, { $how } ({ $language })
child-informed-not = цього ще не записано
child-fact-parties = Хто в ньому
child-fact-contact-by = Контакт не пізніше
child-fact-closed-on = Закрито
child-fact-outcome = Чому
child-fact-messages = Повідомлення й документи
child-fact-asked-by = Хто просить
child-fact-answer-by = Час на вибір
child-fact-purpose = Для чого
child-fact-between = Між ким
child-fact-valid = Діє
child-fact-withdrawn-on = Відкликано
child-fact-my-answer = Моя відповідь
child-fact-text = Текст
child-fact-decision-by = Відповідь не пізніше
child-fact-decided-on = Вирішено

## How and in which language the family was told

child-channel-conversation = у розмові
child-channel-telephone = телефоном
child-channel-video-call = у відеорозмові
child-channel-letter = листом
child-channel-message = повідомленням
child-language =
    { $language ->
        [ar] арабська
        [bg] болгарська
        [dse] нідерландська жестова мова
        [en] англійська
        [fr] французька
        [fy] фризька
        [de] німецька
        [ku] курдська
        [nl] нідерландська
        [pap] пап’яменто
        [fa] перська
        [pl] польська
        [pt] португальська
        [ro] румунська
        [ru] російська
        [so] сомалійська
        [es] іспанська
        [zgh] тамазігт
        [ti] тигринья
        [tr] турецька
        [uk] українська
        [zh] китайська
       *[other] інша мова
    }

## Good to know

child-about-title = Варто знати
child-about-what = Trefpunt зберігає те, що установа залучена. Чому — не зберігає.
child-about-purpose = Так установи можуть знайти одна одну й узгодити допомогу.
child-about-source = Дані надходять від установи, яка подала сигнал.
child-about-nameless = Ім’я, адреса й день народження дитини не зберігаються. І номер BSN теж.
child-about-receivers = Дані бачать лише установи у збігу. Те, що вони пишуть одна одній, читає лише отримувач.
child-about-no-score = Про дитину не вирішує комп’ютер. Балів немає.
child-about-complain = Щось не так? Можна сказати установі або муніципалітету: { $municipality }. Скаргу приймає Autoriteit Persoonsgegevens.

## What more can be done

child-more-title = Що ще я можу зробити?
child-to-whole = Переглянути все
child-to-history = Що я тут робив або робила
child-to-objection = Заперечити проти сигналу
child-to-rights = Запитати дані або видалити їх
child-to-overview = Назад до огляду
child-download-title = Зберегти в себе
child-download-html = Зберегти для читання (HTML)
child-download-json = Зберегти для комп’ютера (JSON)
child-download-care = Хто має файл, той може його прочитати. Це чужий пристрій? Тоді краще не зберігати його тут.

## How to see everything

child-whole-why = З листом видно лише частину. Щоб побачити все, треба точно знати, хто дивиться.
child-whole-ways-title = Як мені побачити все?
child-whole-way-desk = У приймальні: { $municipality }. Потрібні лист або ключ і паспорт чи посвідчення особи.
child-whole-way-request = Можна попросити муніципалітет показати все. Відповідь буде протягом місяця.
