### The page with help, and the block about safety that stands at the bottom of every page.

## Safety: at the bottom of every page
help-safety-title = Martwią się Państwo o bezpieczeństwo?
help-safety-title-young = Nie czujesz się bezpiecznie?
help-safety-call = Proszę zadzwonić do Veilig Thuis: { $phone }. To bezpłatne. Można dzwonić w dzień i w nocy.
help-safety-danger = Coś grozi w tej chwili? Proszę zadzwonić: { $phone }.
help-safety-child = Możesz też zadzwonić do Kindertelefoon, telefonu dla dzieci: { $phone }. To bezpłatne.

## Page: help
help-title = Pomoc
help-lead = Tu można przeczytać, czym jest Trefpunt i gdzie znaleźć pomoc.
help-what-title = Czym jest Trefpunt?
help-what-why = Czasem jednemu dziecku pomaga kilka osób. W szkole, w żłobku albo w służbie zdrowia. Nie zawsze wiedzą o sobie nawzajem.
help-what-signal = W systemie Trefpunt instytucja może dać znać, że zajmuje się dzieckiem. To jest sygnał. Nie ma w nim powodu. Nie ma też nazwiska ani adresu.
help-what-match = Dwa sygnały dotyczą tego samego dziecka? To jest dopasowanie. Instytucje dowiadują się o sobie. Mogą wysłać coś o dziecku dopiero wtedy, gdy powiedzą Państwo tak.
help-letter-title = Mam list z kodem
help-letter-first = Proszę przejść do początku i wpisać kod z listu.
help-letter-pin = Proszę wybrać kod PIN. Otrzymają Państwo wtedy także klucz. Trzeba go dobrze przechować.
help-letter-read = Proszę przeczytać, o co chodzi w pytaniu.
help-letter-choose = Proszę wybrać tak lub nie. Można się najpierw zastanowić.
help-letter-back = Chcą Państwo wrócić później? Wtedy trzeba wpisać klucz i kod PIN. Kod z listu działa tylko raz.
help-letter-who = Do 12 lat decydują rodzice. Od 12 do 16 lat decyduje także dziecko. Od 16 lat młoda osoba decyduje sama.
help-code-title = Mój kod nie działa
help-code-check =
    Proszę sprawdzić, czy wpisano wszystkie 16 znaków. Kod działa przez { $days ->
        [one] { $days } dzień
        [few] { $days } dni
       *[other] { $days } dni
    }. Kod był już użyty? Wtedy trzeba wpisać klucz.
help-code-lost = Kod, klucz lub kod PIN zaginął? Proszę pójść z listem do gminy. Tam dostaną Państwo nowy kod.
help-real-title = Czy mój list jest prawdziwy?
help-real-text = Nie mają Państwo pewności? Wtedy proszę nic nie wpisywać. Proszę zadzwonić do instytucji z listu, pod numer, który Państwo już znają.
help-real-never = Nikt nie zadzwoni ani nie napisze, aby zapytać o kod, klucz lub kod PIN. Proszę ich nikomu nie podawać.
help-no-title = Co, jeśli powiem nie?
help-no-text = Nic. Pomoc jest taka sama jak wcześniej. Instytucje widzą tylko, że nie ma zgody. Nie widzą dlaczego.
help-ask-title = Kogo mogę zapytać?
help-ask-organisation = O pytanie lub sygnał: proszę zadzwonić do instytucji, która wysłała list.
help-ask-municipality = O Państwa prawa: proszę pójść do gminy. Można tam zrobić wszystko to, co tutaj. Komputer nie jest wtedy potrzebny.
help-ask-reading = Czytanie sprawia trudność? Można poprosić zaufaną osobę o wspólne czytanie. Decyzja należy do Państwa.
help-complaint-title = Mam skargę
help-complaint-municipality = Najpierw proszę powiedzieć o tym instytucji, która wysłała list, albo gminie. Muszą Państwu odpowiedzieć.
help-complaint-ombudsman = To nie pomaga? Wtedy pomoże { $ombudsman }. To bezpłatne.
help-ombudsman = rzecznik praw obywatelskich (Nationale ombudsman)
help-complaint-authority = Chodzi o Państwa dane? Skargę można też złożyć tutaj: { $authority }.
help-danger-title = Dziecko nie jest bezpieczne?
help-danger-text = Proszę zadzwonić do Veilig Thuis. Pomagają, gdy w domu jest przemoc albo gdy ktoś źle traktuje dziecko. Nie trzeba podawać nazwiska.
help-danger-not-here = W systemie Trefpunt nikt nie sprawdza, czy dziecko jest bezpieczne. Proszę więc nie czekać na Trefpunt.
help-young-title = Dla dzieci i młodzieży
help-young-text = Chcesz z kimś porozmawiać? Zadzwoń do Kindertelefoon: { $phone }. To bezpłatne. Nie musisz mówić, jak się nazywasz. Mówią tam po niderlandzku.
help-young-rights = Masz 12 lat lub więcej? Wtedy możesz zapytać, co o Tobie przechowujemy. Możesz też wnieść sprzeciw.
