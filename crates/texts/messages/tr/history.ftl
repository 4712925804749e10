### What the reader did here, and the texts they read then.

## What the reader did

history-title = Burada yaptıklarım
history-lead = Burada yalnızca kişinin kendi adımları var. Başkasının seçimi görülmez.
history-none = Burada henüz bir şey yok.
history-opened = Buraya ilk kez geldim.
history-agreed = Evet dedim.
history-refused = Hayır dedim.
history-withdrawn = Onayı geri çektim.
history-objected = İtiraz ettim.
history-objection-withdrawn = İtirazı geri aldım.
history-access-asked = Her şeyi görmek istedim.
history-erasure-asked = Bilgilerin silinmesini istedim.
history-request-withdrawn = İsteği geri aldım.
history-how-oral = Bir çalışana söyledim, o da yazdı.
history-how-written = Kâğıda yazdım, bir çalışan da sisteme girdi.
history-how-assisted = Bu, belediye gişesinde yapıldı.
history-read-text = O zamanki metin: sürüm { $version }

## The text as it was

history-text-title = O zamanki metin
history-text-what = Bu, { $version } sürümü. Dil: { $language }.
history-text-blanks = … işaretinin yerinde bir ad veya gün vardı.
history-back = Yaptıklarıma geri
