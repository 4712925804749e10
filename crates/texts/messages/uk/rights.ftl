### The pages on which a family objects to a signal, asks to see what is kept or to have it erased, and follows what became of
### that.

## On the page of a question or of a child: where the rights are
rights-title = Ваші права
rights-title-young = Твої права
rights-who = За ваші права відповідає { $municipality }. Маєте запитання чи скаргу? Ви можете звернутися туди.
rights-who-young = За твої права відповідає { $municipality }. Маєш запитання чи скаргу? Ти можеш звернутися туди.
rights-explain = Не розумієте запитання? Попросіть пояснити установу { $organisation }.
rights-explain-young = Не розумієш запитання? Попроси пояснити установу { $organisation }.
rights-to-objection = Заперечити проти сигналу
rights-to-requests = Попросити показати або видалити дані

## Page: objection
rights-objection-title = Заперечення проти сигналу
rights-objection-lead = Ви вважаєте, що сигнал треба прибрати? Тоді ви можете подати заперечення. Це безкоштовно. На допомогу, яку ви отримуєте, це не впливає.
rights-objection-steps = Що буде далі?
rights-objection-step-municipality = Ваше заперечення отримає { $municipality }.
rights-objection-step-advice =
    { $weeks ->
        [one] Установа, яка подала сигнал, дає висновок протягом { $weeks } тижня.
        [few] Установа, яка подала сигнал, дає висновок протягом { $weeks } тижнів.
       *[other] Установа, яка подала сигнал, дає висновок протягом { $weeks } тижнів.
    } Ми не кажемо їй, хто заперечив.
rights-objection-step-decision =
    { $weeks ->
        [one] Муніципалітет вирішує протягом { $weeks } тижня.
        [few] Муніципалітет вирішує протягом { $weeks } тижнів.
       *[other] Муніципалітет вирішує протягом { $weeks } тижнів.
    } Відповідь ви прочитаєте тут.
rights-objection-step-upheld = Муніципалітет погоджується з вами? Тоді ми видаляємо сигнал. Тим, хто його бачив, про це кажуть. Ваш лист про цей сигнал більше не діє.
rights-objection-step-meanwhile = До того часу сигнал лишається.
rights-objection-reason = Тут не треба казати чому. Хочете сказати? Тоді скажіть муніципалітету.
rights-objection-which = Проти якого сигналу ви заперечуєте?
rights-objection-signal = Сигнал, установа: { $organisation }, від { $date }
rights-objection-button = Подати заперечення
rights-objection-none = Зараз немає сигналу, проти якого ви можете заперечити.
rights-objection-choose = Виберіть сигнал
rights-objections = Ваші заперечення
rights-objection-of = Заперечення проти сигналу, установа: { $organisation }

## What became of an objection
rights-state-open = Розглядається
rights-state-upheld = Вирішено на вашу користь
rights-state-rejected = Вирішено не на вашу користь
rights-state-withdrawn = Відкликано
rights-state-lapsed = Більше не потрібно
rights-made = { $date }: ви подали заперечення.
rights-made-at-desk = { $date }: ви подали заперечення в муніципалітеті.
rights-advice-due = Установа може дати висновок до { $date } включно.
rights-advice-late = Установа мала час до { $date }, але висновку не дала. Тепер муніципалітет може вирішити без нього.
rights-advice-end = { $date }: установа вважає, що сигнал можна прибрати.
rights-advice-keep = { $date }: установа вважає, що сигнал має лишитися.
rights-advice-none = { $date }: установа лишає рішення муніципалітету.
rights-decision-due = { $municipality } вирішує до кінця дня { $date }.
rights-decision-late = { $municipality }: рішення мало бути до кінця дня { $date }. Ви можете подзвонити в муніципалітет і запитати про нього.
rights-upheld = { $date }: { $municipality } погоджується з вами. Сигнал видалено.
rights-rejected = { $date }: { $municipality } не погоджується з вами. Сигнал лишається.
rights-withdrawn = { $date }: ви відкликали заперечення.
rights-lapsed = Сигнал уже видалено. Муніципалітету більше не треба вирішувати.
rights-reasons = Чому:
rights-reason-no-ground = Для сигналу не було вагомої причини.
rights-reason-ground-gone = Причини для сигналу більше немає.
rights-reason-not-informed = Вам не сказали про сигнал або сказали запізно.
rights-reason-family-interests = Те, чого хочете ви, важливіше за сигнал.
rights-reason-ground-stands = Причина для сигналу ще є.
rights-reason-child-interests = Для дитини краще, щоб сигнал лишився.
rights-reason-not-entitled = Ви не можете подавати заперечення за цю дитину.
rights-reason-repeated = Це заперечення вже вирішили. Нічого не змінилося.
rights-objection-withdraw = Відкликати заперечення
rights-objection-withdraw-explain = Якщо відкличете, муніципалітет не вирішуватиме. Пізніше ви можете заперечити знову.

## Way of appeal
rights-appeal = Ви не згодні з рішенням?
rights-appeal-municipality = До { $date } включно рішення можна оскаржити. Куди: { $municipality }. У листі муніципалітету написано, як це зробити.
rights-appeal-court = І після того не згодні? Тоді ви можете піти до суду.
rights-appeal-authority = Ви також завжди можете поскаржитися. Куди: { $authority }.
rights-authority = нідерландський орган захисту даних (Autoriteit Persoonsgegevens)

## Page: access and erasure
rights-lead = Ви маєте право знати, що зберігається. Ви також можете попросити це видалити. Це безкоштовно.
rights-access-title = Побачити, що зберігається
rights-access-text = Ви отримаєте огляд усіх сигналів і збігів. Там також написано, хто і коли дивився.
rights-access-limits = Інколи щось ще не можна показати, бо дитині загрожувала б небезпека. Ми нікому про це не кажемо.
rights-access-button = Попросити показати
rights-erasure-title = Видалити дані
rights-erasure-text = Муніципалітет каже так? Тоді кожна згода, яку ви дали, закінчується. Те, що надіслали за нею і ще не прочитали, зникає. Сигнали, які були лише за вашою згодою, теж зникають.
rights-erasure-limits = Інші сигнали лишаються. Проти них ви можете заперечити.
rights-erasure-button = Попросити видалити
rights-correct-title = Щось неправильно?
rights-correct-text = Скажіть установі, яка подала сигнал, або муніципалітету. Вони мусять виправляти помилки.
rights-term =
    { $municipality } відповідає { $months ->
        [one] протягом місяця
        [few] протягом { $months } місяців
       *[other] протягом { $months } місяців
    }. Інколи треба більше часу: щонайбільше { $more ->
        [one] ще один місяць
        [few] ще { $more } місяці
       *[other] ще { $more } місяців
    }. Тоді вам скажуть.
rights-nothing-to-ask = Зараз нема чого просити. Немає сигналу, якого стосується ваш лист.
rights-asked-already = Ви вже про це попросили. Вище видно, як просувається справа.
rights-requests = Про що ви попросили
rights-request-access = Показати дані
rights-request-erasure = Видалити дані
rights-state-given = Муніципалітет сказав так
rights-state-partly = Муніципалітет частково сказав так
rights-state-refused = Муніципалітет сказав ні
rights-asked = { $date }: ви про це попросили.
rights-asked-at-desk = { $date }: ви попросили про це в муніципалітеті.
rights-extended = { $date }: муніципалітету треба більше часу.
rights-answer-due = { $municipality } відповідає до кінця дня { $date }.
rights-answer-late = { $municipality }: відповідь мала бути до кінця дня { $date }. Ви можете подзвонити в муніципалітет і запитати про неї.
rights-access-given = { $date }: { $municipality } каже так. Ви можете побачити огляд.
rights-erasure-given = { $date }: { $municipality } каже так. Усе, що можна було видалити, видалено.
rights-erasure-partly = { $date }: { $municipality } частково каже так. Видалено те, на що була потрібна ваша згода. Інші сигнали лишаються.
rights-refused = { $date }: { $municipality } каже ні.
rights-request-withdrawn = { $date }: ви відкликали прохання.
rights-refusal-not-entitled = Ви не можете просити про це за цю дитину. Або невідомо напевно, хто ви.
rights-refusal-unfounded = Для прохання немає вагомої причини. Або ви надто часто просите про те саме.
rights-refusal-rights-of-others = Це може зашкодити дитині або комусь іншому.
rights-refusal-public-task = Усе, що тут є, треба зберігати за законом. Проте ви можете заперечити проти сигналу.
rights-refusal-legal-claim = Дані потрібні для справи в суді.
rights-request-withdraw = Відкликати прохання
rights-request-withdraw-explain = Якщо відкличете, відповіді не буде. Пізніше ви можете попросити знову.

## The file that access gives
rights-file-until = Огляд можна побачити до { $date } включно.
rights-file-link = До огляду
rights-file-not-sure = В огляді є все. Тому треба знати напевно, хто ви. Увійдіть або підіть із листом до приймальні муніципалітету. Там вам його теж дадуть.
rights-file-over = Огляд можна було побачити до { $date }. Ви можете попросити знову.
rights-file-lead = Ось що зберігається зараз. Копії цього огляду ми не зберігаємо.
rights-file-none-title = Огляду немає
rights-file-none-text = Спочатку попросіть показати дані. Якщо муніципалітет скаже так, огляд буде тут.
rights-file-back = Назад до ваших прав
rights-file-download-html = Зберегти як сторінку
rights-file-download-json = Зберегти для комп’ютера (JSON)
