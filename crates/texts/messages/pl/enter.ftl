### The way in: entering the code of a letter, choosing a PIN, keeping the return key, coming back with both.

## The first page

enter-title = Proszę wpisać kod
enter-lead = Otrzymali Państwo list z kodem. Dzięki temu kodowi mogą Państwo przeczytać, czego dotyczy list. Potem sami Państwo decydują, co zrobić.
enter-code-label = Kod z Państwa listu
enter-code-hint = Kod ma 16 liter i cyfr. Na przykład: { $example }. Wielkie litery i myślniki nie mają znaczenia.
enter-code-wrong = Ten kod nie działa.
enter-code-wrong-help = Ten kod nie działa. Proszę sprawdzić, czy kod jest dobrze przepisany. Kod może być za stary albo już użyty. Mają już Państwo kod PIN? Proszę wrócić ze swoim kluczem. Nie udaje się? Proszę poprosić o pomoc w okienku urzędu gminy.
enter-next = Dalej
enter-back-title = Byli już tu Państwo wcześniej?
enter-back-lead = Proszę wrócić ze swoim kluczem i kodem PIN.
enter-key-label = Państwa klucz
enter-key-hint = Klucz ma 16 liter i cyfr. Otrzymali go Państwo przy wyborze kodu PIN.
enter-pin-label = Państwa kod PIN
enter-pin-hint = To 6 cyfr.
enter-back-button = Wróć
enter-key-wrong = Ten klucz i kod PIN nie działają.
enter-key-wrong-help = Ten klucz i kod PIN nie działają. Proszę sprawdzić, czy wszystko jest dobrze przepisane. Kod PIN wpisano błędnie wiele razy? Proszę odczekać godzinę. Zgubili Państwo klucz lub kod PIN? Gmina wyda nowy kod.

## Good to know

enter-know-title = Warto wiedzieć
enter-know-nothing = Wpisanie kodu jeszcze o niczym nie decyduje. Najpierw czytają Państwo wszystko.
enter-know-yours = Kod jest tylko dla Państwa. Proszę nie dawać go nikomu innemu.
enter-know-once = Kod działa jeden raz. Potem wracają Państwo z kluczem i kodem PIN.
enter-know-closes = Po dwóch godzinach strona sama się zamyka. Wtedy proszę wpisać klucz i kod PIN.

## Choosing a PIN

enter-pin-title = Proszę wybrać kod PIN
enter-pin-lead = Proszę wybrać 6 cyfr, które łatwo Państwo zapamiętają. Potem otrzymają Państwo klucz. Z tym kluczem i tymi cyframi można tu później wrócić.
enter-pin-choose-label = Kod PIN z 6 cyfr
enter-pin-choose-hint = Nie 123456 i nie sześć razy ta sama cyfra.
enter-pin-again-label = Ten sam kod PIN jeszcze raz
enter-pin-button = Zapisz kod PIN
enter-pin-not-six = Proszę wpisać 6 cyfr.
enter-pin-too-easy = Ten kod PIN jest za łatwy. Proszę wybrać inne cyfry.
enter-pin-differs = Oba kody PIN nie są takie same.
enter-pin-spent = Państwa kod potem już nie działa. Dzięki temu nikt nie wejdzie tu z Państwa listem.
enter-pin-time = Mają Państwo 15 minut. Trwa to dłużej? Proszę wpisać kod jeszcze raz.

## The return key

enter-kept-title = To jest Państwa klucz
enter-kept-lead = Proszę dobrze zachować ten klucz. Z kluczem i kodem PIN mogą tu Państwo później wrócić.
enter-kept-write = Proszę zapisać klucz albo wydrukować tę stronę. Proszę nie zapisywać obok kodu PIN.
enter-kept-once = Klucz widać tu tylko raz. My go nie przechowujemy.
enter-kept-lost = Zgubili Państwo klucz? Proszę pójść do okienka urzędu gminy ({ $municipality }). Tam otrzymają Państwo nowy kod.
enter-kept-button = Klucz mam zapisany
