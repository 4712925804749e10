### What the reader did here, and the texts they read then.

## What the reader did

history-title = Що я тут робив або робила
history-lead = Тут лише власні кроки. Що вибрав хтось інший, не видно.
history-none = Тут ще нічого немає.
history-opened = Перший вхід сюди.
history-agreed = Моя відповідь: так.
history-refused = Моя відповідь: ні.
history-withdrawn = Відкликання згоди.
history-objected = Подання заперечення.
history-objection-withdrawn = Відкликання заперечення.
history-access-asked = Прохання побачити все.
history-erasure-asked = Прохання видалити дані.
history-request-withdrawn = Відкликання прохання.
history-how-oral = Усно. Працівник це записав.
history-how-written = На папері. Працівник це переніс.
history-how-assisted = У приймальні муніципалітету.
history-read-text = Текст того часу: версія { $version }

## The text as it was

history-text-title = Текст того часу
history-text-what = Це версія { $version }. Мова: { $language }.
history-text-blanks = Там, де …, була назва або дата.
history-back = Назад до моїх кроків
