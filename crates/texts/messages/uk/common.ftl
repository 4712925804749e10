### What stands on every page: its frame, dates, names of organisations, and what is said when something does not work.

## Frame of each page
common-skip = Перейти до змісту
common-more-information = Докладніше
common-languages = Виберіть мову
common-menu = Меню
common-menu-request = Запитання
common-menu-child = Огляд
common-menu-history = Історія
common-menu-objection = Заперечення
common-menu-rights = Права
common-help = Допомога
common-privacy = Приватність
common-accessibility = Доступність
common-leave = Вийти
common-to-start = На початок
common-to-request = До вашого запитання
common-error-mark = Помилка:
common-error-title = Не вдалося

## Names of organisations
common-another-organisation = інша установа
common-name-hidden = Іноді нам не дозволено показувати назву установи.
common-sector-youth-help = допомога дітям і молоді
common-sector-youth-health-care = охорона здоров’я дітей і молоді
common-sector-health-care = охорона здоров’я
common-sector-education = освіта
common-sector-childcare = догляд за дітьми
common-sector-social-support = соціальна підтримка
common-sector-work-and-income = праця і дохід
common-sector-police-and-justice = поліція і юстиція

## Dates and spans
common-date =
    { $day } { $month ->
        [1] січня
        [2] лютого
        [3] березня
        [4] квітня
        [5] травня
        [6] червня
        [7] липня
        [8] серпня
        [9] вересня
        [10] жовтня
        [11] листопада
       *[12] грудня
    } { $year } року
common-month =
    { $month ->
        [1] січень
        [2] лютий
        [3] березень
        [4] квітень
        [5] травень
        [6] червень
        [7] липень
        [8] серпень
        [9] вересень
        [10] жовтень
        [11] листопад
       *[12] грудень
    } { $year }
common-moment = { $date }, { $hour }:{ $minute }
common-until-day = до кінця дня { $date }
common-until-moment = до { $date }, { $hour }:{ $minute }
common-days =
    { $count ->
        [one] { $count } день
        [few] { $count } дні
        [many] { $count } днів
       *[other] { $count } дня
    }
common-one-year = 1 рік (365 днів)
common-two-years = 2 роки (730 днів)

## After leaving
common-left-title = Ви вийшли
common-left-lead = Ваш вибір збережено.
common-left-back = Ви можете повернутися пізніше. Тоді ви можете й відкликати згоду.
common-left-shared = Це не ваш телефон чи комп’ютер? Тоді закрийте й це вікно.

## When something does not work
common-nothing-saved = Ми нічого не зберегли.
common-outside-title = Спочатку ввійдіть
common-outside-text = Ви не ввійшли або вас надто довго не було.
common-not-entitled-title = Ви вже не можете сюди ввійти
common-not-entitled-text = Ви більше не можете бачити чи змінювати ці дані.
common-not-entitled-why = Можливо, підлітку виповнилося 16 років. Або муніципалітет припинив ваш доступ.
common-not-entitled-what = Маєте запитання? Зверніться до приймальні свого муніципалітету.
common-decided-title = Це вже неможливо
common-decided-text = На сторінці вашого запитання видно, як усе є зараз.
common-foreign-form-title = Ця форма вже не підходить
common-foreign-form-why = Можливо, сторінка була відкрита надто довго. Або вона була не від Trefpunt.
common-foreign-form-what = Поверніться до свого запитання і виберіть там ще раз.
common-unreadable-form-title = Ми не можемо прочитати цю форму
common-unreadable-form-what = Поверніться і спробуйте ще раз.
common-no-choice-title = Ви ще не вибрали
common-no-choice-what = Поверніться до свого запитання і виберіть так або ні.
common-too-fast-title = Зачекайте трохи
common-too-fast-why = За короткий час було введено багато кодів.
common-too-fast-what = Зачекайте хвилину і спробуйте ще раз. Ваш код діє й далі.
common-not-found-title = Такої сторінки немає
common-not-found-what = Перевірте, чи адреса правильна. Або почніть знову.
common-not-allowed-title = Ця сторінка так не працює
common-not-allowed-what = Почніть знову.
common-later-title = Зараз не вдається
common-later-why = Стався збій. Це не через вас.
common-later-what = Спробуйте ще раз за кілька хвилин. Ваш код діє й далі.
common-later-chosen = Ви щойно щось вибрали? Перевірте пізніше, чи ваш вибір збережено. Вибрати двічі не зашкодить.
