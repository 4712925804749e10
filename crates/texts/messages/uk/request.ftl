### The question for consent: what is asked, what has become of it, and taking it back. The reader is a parent or guardian
### (keys ending in -guardian: u) or the young person (keys ending in -young: je).

## Both questions
request-title = Запит на згоду
request-hidden-asker = Установа з листа
request-purpose = Для чого це?
request-how-long = Як довго це діє?
request-everyone = Чи мають погодитися й інші?
request-no = Що буде, якщо я відмовлюся?
request-choose-guardian = Що ви вибираєте?
request-choose-young = Що ти вибираєш?
request-yes = Так, я даю згоду
request-no-button = Ні, я не даю згоди
request-not-sure-guardian = Ще не вирішили? Тоді вийдіть. Ви можете повернутися пізніше.
request-not-sure-young = Ще не вирішив чи не вирішила? Тоді вийди. Ти можеш повернутися пізніше.
request-version = Текст { $version }. Запитано { $date }.
request-declares = Ви вибираєте також за другого з батьків чи опікуна
request-declares-what = У цьому регіоні один із батьків чи опікунів може вибрати за обох. Ви кажете «так»? Тоді ви заявляєте, що другий із батьків чи опікун із батьківськими правами згоден.
request-declares-unsure = Ви не впевнені? Тоді спочатку порадьтеся разом. Інша особа не згодна? Тоді виберіть «ні».
request-hidden-choices-guardian = Ви вибираєте разом з іншими? Тоді ми нікому не кажемо, що ви вибираєте. Ви теж не бачите, що вибирає інша особа. Ви вибираєте самі? Тоді з відповіді видно, що ви вибрали.
request-hidden-choices-young = Ти вибираєш разом з іншими? Тоді ми нікому не кажемо, що ти вибираєш. Ти теж не бачиш, що вибирає інша особа.
request-alone-from-16-young = Тобі 16 років або більше? Тоді ти вирішуєш без інших. З відповіді видно, яким був твій вибір.
request-no-is-final-guardian = Тут уже не можна змінити «ні» на «так».
request-no-is-final-young = Тут ти вже не можеш змінити «ні» на «так».

## May these organisations consult each other (exchange)?
request-exchange-title-guardian = Чи можна цим установам радитися про вашу дитину?
request-exchange-title-young = Чи можна цим установам радитися про тебе?
request-exchange-lead-guardian = Установа { $asker } просить вашої згоди. Ви вибираєте самі: так чи ні. Вибрати можна { $until }. Ви нічого не зробите? Тоді згоди немає і все лишається, як є.
request-exchange-lead-young = Установа { $asker } просить твоєї згоди. Ти вибираєш: так чи ні. Вибрати можна { $until }. Ти нічого не зробиш? Тоді згоди немає і все лишається, як є.
request-exchange-who = Хто хоче радитися?
request-exchange-who-what-guardian = Ці установи повідомили, що займаються вашою дитиною. У Trefpunt не записано чому.
request-exchange-who-what-young = Ці установи повідомили, що займаються тобою. У Trefpunt не записано чому.
request-exchange-purpose-guardian = Установи хочуть узгодити свою допомогу. Для цього вони хочуть знати, що робить кожна з них. За вашою згодою вони можуть питати про це одна одну й розповідати.
request-exchange-purpose-young = Установи хочуть узгодити свою допомогу. Для цього вони хочуть знати, що робить кожна з них. За твоєю згодою вони можуть питати про це одна одну й розповідати.
request-exchange-what = Чим обмінюються?
request-exchange-what-messages-guardian = Повідомлення й документи про вашу дитину. Лише між людьми, які допомагають вашій дитині.
request-exchange-what-messages-young = Повідомлення й документи про тебе. Лише між людьми, які тобі допомагають.
request-exchange-what-needed = Лише те, що потрібно, щоб узгодити допомогу.
request-exchange-what-locked = Кожне повідомлення і кожен документ закриті на замок. Прочитати їх може лише установа, яка їх отримує. Trefpunt не може.
request-exchange-not = Чого не буде?
request-exchange-not-others = Інші установи нічого не можуть прочитати.
request-exchange-not-new-guardian = Долучається ще одна установа? Тоді ваша згода на неї не поширюється. Вас мають запитати знову.
request-exchange-not-new-young = Долучається ще одна установа? Тоді твоя згода на неї не поширюється. Тебе мають запитати знову.
request-exchange-not-without = Без згоди через Trefpunt не проходить жодне повідомлення і жоден документ.
request-exchange-lasts-guardian = Згода діє { $lasts }. Чи виповниться вашій дитині за цей час 12 або 16 років? Тоді згода закінчиться того дня.
request-exchange-lasts-young = Згода діє { $lasts }. Чи виповниться тобі за цей час 16 років? Тоді згода закінчиться того дня.
request-exchange-withdraw-guardian = Ви завжди можете відкликати свою згоду. Не треба казати чому. З тієї миті нічим більше не обмінюються.
request-exchange-withdraw-young = Ти завжди можеш відкликати свою згоду. Не треба казати чому. З тієї миті нічим більше не обмінюються.
request-exchange-everyone-guardian = Іноді так. Наприклад, другий із батьків або сама дитина з 12 років. Обмін почнеться лише тоді, коли всі скажуть «так». Хтось із них каже «ні»? Тоді згоди немає.
request-exchange-everyone-declares = Іноді так. Наприклад, сама дитина з 12 років. Обмін почнеться лише тоді, коли всі скажуть «так». Хтось із них каже «ні»? Тоді згоди немає.
request-exchange-everyone-young = Тобі ще немає 16? Тоді мають погодитися й твої батьки чи опікуни. Обмін почнеться лише тоді, коли всі скажуть «так». Хтось із вас каже «ні»? Тоді згоди немає.
request-exchange-no-nothing = Нічого.
request-exchange-no-guardian = Відмова не впливає на допомогу вам чи вашій дитині. Установи бачать лише, що згоди немає. Вони не бачать, хто сказав «ні» і чому.
request-exchange-no-young = Відмова не впливає на допомогу тобі. Установи бачать лише, що згоди немає. Вони не бачать, хто сказав «ні» і чому.
request-exchange-no-again-guardian =
    Після відмови ніхто не може питати знову { $count } { $count ->
        [one] день
        [few] дні
        [many] днів
       *[other] дня
    }. Тут уже не можна змінити «ні» на «так».
request-exchange-no-again-young =
    Після відмови ніхто не може питати знову { $count } { $count ->
        [one] день
        [few] дні
        [many] днів
       *[other] дня
    }. Тут ти вже не можеш змінити «ні» на «так».

## May this organisation say that it is involved (signal)?
request-signal-title-guardian = Чи може установа { $asker } повідомити, що займається вашою дитиною?
request-signal-title-young = Чи може установа { $asker } повідомити, що займається тобою?
request-signal-lead-guardian = Установа { $asker } просить вашої згоди. Ви вибираєте самі: так чи ні. Вибрати можна { $until }. Ви нічого не зробите? Тоді згоди немає і ми видаляємо сигнал.
request-signal-lead-young = Установа { $asker } просить твоєї згоди. Ти вибираєш: так чи ні. Вибрати можна { $until }. Ти нічого не зробиш? Тоді згоди немає і ми видаляємо сигнал.
request-signal-heading = Що таке сигнал?
request-signal-what-guardian = Ця установа хоче повідомити в Trefpunt, що займається вашою дитиною. Це називається сигнал. У сигналі не сказано чому. У ньому також немає імені, адреси чи дати народження вашої дитини.
request-signal-what-young = Ця установа хоче повідомити в Trefpunt, що займається тобою. Це називається сигнал. У сигналі не сказано чому. У ньому також немає твого імені, адреси чи дати народження.
request-signal-waits-guardian = Сигнал зараз чекає на ваш вибір. Інші установи нічого про це не знають.
request-signal-waits-young = Сигнал зараз чекає на твій вибір. Інші установи нічого про це не знають.
request-signal-purpose-guardian = Іноді кілька установ допомагають тій самій дитині. Вони не завжди знають одна про одну. За сигналом вони можуть знайти одна одну. Тоді вони можуть узгодити допомогу.
request-signal-purpose-young = Іноді кілька установ допомагають тому самому підлітку. Вони не завжди знають одна про одну. За сигналом вони можуть знайти одна одну. Тоді вони можуть узгодити допомогу.
request-signal-yes = Що буде, якщо я погоджуся?
request-signal-yes-counts = Сигнал починає діяти.
request-signal-yes-match-guardian = Інша установа теж подасть сигнал про вашу дитину? Тоді установи про це дізнаються.
request-signal-yes-match-young = Інша установа теж подасть сигнал про тебе? Тоді установи про це дізнаються.
request-signal-yes-asked-again-guardian = Потім вони хочуть обмінюватися повідомленнями чи документами про вашу дитину? Тоді вони спочатку знову просять вашої згоди.
request-signal-yes-asked-again-young = Потім вони хочуть обмінюватися повідомленнями чи документами про тебе? Тоді вони спочатку знову просять твоєї згоди.
request-signal-lasts-guardian = Згода діє щонайбільше { $lasts }. Чи виповниться вашій дитині за цей час 12 або 16 років? Тоді згода закінчиться того дня. Згода закінчується? Тоді закінчується й сигнал.
request-signal-lasts-young = Згода діє щонайбільше { $lasts }. Чи виповниться тобі за цей час 16 років? Тоді згода закінчиться того дня. Згода закінчується? Тоді закінчується й сигнал.
request-signal-withdraw-guardian = Ви завжди можете відкликати свою згоду. Не треба казати чому. Тоді ми видаляємо сигнал.
request-signal-withdraw-young = Ти завжди можеш відкликати свою згоду. Не треба казати чому. Тоді ми видаляємо сигнал.
request-signal-everyone-guardian = Іноді так. Наприклад, другий із батьків або сама дитина з 12 років. Сигнал діє лише тоді, коли всі скажуть «так». Хтось із них каже «ні»? Тоді ми видаляємо сигнал.
request-signal-everyone-declares = Іноді так. Наприклад, сама дитина з 12 років. Сигнал діє лише тоді, коли всі скажуть «так». Хтось із них каже «ні»? Тоді ми видаляємо сигнал.
request-signal-everyone-young = Тобі ще немає 16? Тоді мають погодитися й твої батьки чи опікуни. Сигнал діє лише тоді, коли всі скажуть «так». Хтось із вас каже «ні»? Тоді ми видаляємо сигнал.
request-signal-no-nothing-guardian = Відмова не впливає на допомогу вам чи вашій дитині.
request-signal-no-nothing-young = Відмова не впливає на допомогу тобі.
request-signal-no = Ми видаляємо сигнал. Установа { $asker } бачить лише, що сигналу вже немає. Вона не бачить, хто сказав «ні» і чому.

## What has become of it
request-state-agreed-guardian = Ви сказали «так»
request-state-agreed-young = Твоя відповідь — «так»
request-state-given = Згоду надано
request-state-refused-guardian = Ви сказали «ні»
request-state-refused-young = Твоя відповідь — «ні»
request-state-not-given = Згоду не надано
request-state-withdrawn = Згоду відкликано
request-state-over = Це запитання вже закрито
request-agreed-exchange-guardian = Ви дали згоду { $date }. Ще не всі вибрали. Зараз ще нічим не обмінюються.
request-agreed-exchange-young = Твою згоду записано { $date }. Ще не всі вибрали. Зараз ще нічим не обмінюються.
request-agreed-signal-guardian = Ви дали згоду { $date }. Ще не всі вибрали. Сигнал поки що не діє.
request-agreed-signal-young = Твою згоду записано { $date }. Ще не всі вибрали. Сигнал поки що не діє.
request-agreed-back-guardian = Ви передумали? Ви можете взяти своє «так» назад.
request-agreed-back-young = Усе ж не хочеш? Ти можеш узяти своє «так» назад.
request-take-back = Узяти моє «так» назад
request-given-exchange = Згоду надано { $date }. Згода діє { $until }. Установи на цій сторінці тепер можуть надсилати одна одній повідомлення й документи.
request-given-signal = Згоду надано { $date }. Згода діє { $until }. Сигнал тепер діє.
request-given-back-exchange-guardian = Ви передумали? Ви завжди можете відкликати згоду. Після цього нічим більше не обмінюються.
request-given-back-exchange-young = Усе ж не хочеш? Ти завжди можеш відкликати згоду. Після цього нічим більше не обмінюються.
request-given-back-signal-guardian = Ви передумали? Ви завжди можете відкликати згоду. Тоді ми видаляємо сигнал.
request-given-back-signal-young = Усе ж не хочеш? Ти завжди можеш відкликати згоду. Тоді ми видаляємо сигнал.
request-withdraw = Відкликати згоду
request-refused-guardian = Ваш вибір збережено. Установи бачать лише, що згоди немає. Вони не бачать, хто сказав «ні» і чому.
request-refused-young = Твій вибір збережено. Установи бачать лише, що згоди немає. Вони не бачать, хто сказав «ні» і чому.
request-refused-signal-guardian = Ваш вибір збережено.
request-refused-signal-young = Твій вибір збережено.
request-not-everyone = Не всі дали згоду.
request-not-given-exchange-guardian = Нічим не обмінюються. Це не впливає на допомогу вам чи вашій дитині. Вам не треба нічого робити.
request-not-given-exchange-young = Нічим не обмінюються. Це не впливає на допомогу тобі. Тобі не треба нічого робити.
request-not-given-signal-guardian = Ми видаляємо сигнал. Це не впливає на допомогу вам чи вашій дитині. Вам не треба нічого робити.
request-not-given-signal-young = Ми видаляємо сигнал. Це не впливає на допомогу тобі. Тобі не треба нічого робити.
request-withdrawn-exchange = Згоду відкликано { $date }. Нічим більше не обмінюються.
request-withdrawn-left = Повідомлення й документи, яких ще не забрали, видалено. Те, що установа вже прочитала, вона й далі знає.
request-withdrawn-signal = Згоду відкликано { $date }. Ми видаляємо сигнал.
request-over-exchange-guardian = Тут ви вже не можете вибрати. Час минув або з’явилося нове запитання. Ця згода більше не діє.
request-over-exchange-young = Тут ти вже не можеш вибрати. Час минув або з’явилося нове запитання. Ця згода більше не діє.
request-over-signal-guardian = Тут ви вже не можете вибрати. Час минув або сигнал закінчився.
request-over-signal-young = Тут ти вже не можеш вибрати. Час минув або сигнал закінчився.
request-about = Про що йдеться
request-about-exchange = Установа { $asker } попросила згоди { $date }. Йдеться про ці установи:
request-about-signal = Установа { $asker } попросила { $date } згоди на сигнал. Сигнал каже, що установа займається дитиною, але не каже чому. Йдеться про цю установу:
request-recorded-guardian =
    Ви вибрали це не тут. Установа { $who } записала, що ви { $date } { $form ->
        [written] написали на папері
       *[said] сказали
    }.
request-recorded-young =
    Це вибрано не тут. Установа { $who } записала { $form ->
        [written] твої слова на папері
       *[said] твої слова
    } від { $date }.
request-recorded-masked-guardian =
    Ви вибрали це не тут. Інша установа записала, що ви { $date } { $form ->
        [written] написали на папері
       *[said] сказали
    }.
request-recorded-masked-young =
    Це вибрано не тут. Інша установа записала { $form ->
        [written] твої слова на папері
       *[said] твої слова
    } від { $date }.
request-recorded-wrong-guardian = Це не так? Тоді візьміть це назад нижче.
request-recorded-wrong-young = Це не так? Тоді візьми це назад нижче.
request-signal-gone-title = Сигнал видалено
request-signal-gone-lead = Ми отримали ваш вибір і видалили сигнал.
request-signal-gone-no-effect = Це не впливає на допомогу вам чи вашій дитині. Вам не треба нічого робити.
request-signal-gone-left = Запитання теж видалено. Тому ви вже не можете сюди повернутися. У журналі записано лише, що це сталося, без імен.

## Taking it back: the last question before
request-take-back-title = Узяти «так» назад
request-withdraw-sure-guardian = Ви хочете відкликати згоду?
request-withdraw-sure-young = Ти хочеш відкликати згоду?
request-take-back-sure-guardian = Ви хочете взяти своє «так» назад?
request-take-back-sure-young = Ти хочеш узяти своє «так» назад?
request-withdraw-signal-gone = Ми одразу видаляємо сигнал. Установа { $asker } бачить лише, що його немає. Вона не бачить, через кого і чому.
request-withdraw-signal-others = Інші установи вже знали про сигнал? Тоді вони бачать, що установа { $asker } більше не бере участі. Те, що вони вже знають, вони знають і далі.
request-withdraw-signal-no-effect-guardian = Це не впливає на допомогу вам чи вашій дитині. Тут цього вже не можна скасувати.
request-withdraw-signal-no-effect-young = Це не впливає на допомогу тобі. Тут цього вже не можна скасувати.
request-withdraw-stops = Установи відразу більше не можуть надсилати одна одній повідомлення й документи через Trefpunt. Вони також не можуть їх забирати.
request-withdraw-unfetched = Повідомлення й документи, яких ще не забрали, ми видаляємо.
request-withdraw-read = Те, що установа вже прочитала, вона й далі знає.
request-withdraw-seen = Установи бачать, що згоду відкликано. Вони не бачать, хто це зробив і чому.
request-withdraw-no-effect-guardian = Відкликання не впливає на допомогу вам чи вашій дитині.
request-withdraw-no-effect-young = Відкликання не впливає на допомогу тобі.
request-take-back-becomes-no = Відповіддю тоді буде «ні». Нічим не обмінюються.
request-take-back-seen = Установи бачать лише, що згоди немає. Вони не бачать, хто сказав «ні» і чому.
request-back = Назад, нічого не змінювати

## Who looked
request-looked = Хто дивився?
request-looked-every-guardian = Щоразу, коли одна з цих установ дивиться, ми це записуємо. Ви бачите це тут.
request-looked-every-young = Щоразу, коли одна з цих установ дивиться, ми це записуємо. Ти бачиш це тут.
request-looked-message =
    { $date }: { $who } — забрано повідомлення чи документ{ $times ->
        [1] { "" }
        [one] { " " }({ $times } раз)
        [few] { " " }({ $times } рази)
        [many] { " " }({ $times } разів)
       *[other] { " " }({ $times } разу)
    }
request-looked-match =
    { $date }: { $who } — переглянуто, хто займається{ $times ->
        [1] { "" }
        [one] { " " }({ $times } раз)
        [few] { " " }({ $times } рази)
        [many] { " " }({ $times } разів)
       *[other] { " " }({ $times } разу)
    }
