### What the reader did here, and the texts they read then.

## What the reader did

history-title = Co tu zrobiłem lub zrobiłam
history-lead = Są tu tylko własne kroki. Nie widać, co wybrał ktoś inny.
history-none = Jeszcze nic tu nie ma.
history-opened = Pierwsze wejście tutaj.
history-agreed = Moja odpowiedź: tak.
history-refused = Moja odpowiedź: nie.
history-withdrawn = Wycofanie zgody.
history-objected = Wniesienie sprzeciwu.
history-objection-withdrawn = Wycofanie sprzeciwu.
history-access-asked = Prośba o wgląd we wszystko.
history-erasure-asked = Prośba o usunięcie danych.
history-request-withdrawn = Wycofanie prośby.
history-how-oral = Ustnie. Pracownik to zapisał.
history-how-written = Na papierze. Pracownik to przepisał.
history-how-assisted = W okienku urzędu gminy.
history-read-text = Tekst z tamtego czasu: wersja { $version }

## The text as it was

history-text-title = Tekst z tamtego czasu
history-text-what = To jest wersja { $version }. Język: { $language }.
history-text-blanks = Tam, gdzie jest …, była nazwa lub data.
history-back = Powrót do moich kroków
