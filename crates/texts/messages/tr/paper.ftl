## On every paper

paper-date = Tarih
paper-reference = Referans
paper-reference-is = Referans { $reference }

## Letter

paper-letter-title-question = Çocuğunuz hakkında bir soru
paper-letter-title-question-young = Sana bir soru
paper-letter-title-signal = Çocuğunuz hakkında bir mesaj
paper-letter-title-signal-young = Sana bir mesaj
paper-letter-works-from = Kodun başlangıcı
paper-letter-works = Kod geçerli
paper-letter-exchange = Çocuğunuz hakkında başka kurumlarla görüşmek istiyoruz. Bunu yalnızca siz kabul ederseniz yaparız. Bu yüzden onayınızı istiyoruz.
paper-letter-exchange-young = Senin hakkında başka kurumlarla görüşmek istiyoruz. Bunu yalnızca sen kabul edersen yaparız. Bu yüzden onayını istiyoruz.
paper-letter-asked-signal = Çocuğunuza yardım ediyoruz. Bunu Trefpunt’ta bir bildirimle belirtmek istiyoruz. Böylece başka kurumlar bizi bulabilir. Nedenini yazmayız. Bunu yalnızca siz kabul ederseniz yaparız.
paper-letter-asked-signal-young = Sana yardım ediyoruz. Bunu Trefpunt’ta bir bildirimle belirtmek istiyoruz. Böylece başka kurumlar bizi bulabilir. Nedenini yazmayız. Bunu yalnızca sen kabul edersen yaparız.
paper-letter-signal = Çocuğunuza yardım ediyoruz. Bunu Trefpunt’ta bir bildirimle belirttik. Böylece başka kurumlar bizi bulabilir. Nedeni orada yazmaz.
paper-letter-signal-young = Sana yardım ediyoruz. Bunu Trefpunt’ta bir bildirimle belirttik. Böylece başka kurumlar bizi bulabilir. Nedeni orada yazmaz.
paper-letter-address = Bu web sitesine gidin:
paper-letter-code = Kodunuzu oraya yazın:
paper-letter-code-young = Kodunu oraya yaz:
paper-letter-square = Taranacak kare kod. İçinde yalnızca şu adres var: { $address }
paper-letter-how = Nasıl girersiniz?
paper-letter-how-young = Nasıl girersin?
paper-letter-step-go = Web sitesinin adresini yazın. Ya da kareyi telefonunuzla tarayın.
paper-letter-step-go-young = Web sitesinin adresini yaz. Ya da kareyi telefonunla tara.
paper-letter-step-code = Kodu girin. Sonra kendinize bir PIN kodu seçin.
paper-letter-step-code-young = Kodu gir. Sonra kendine bir PIN kodu seç.
paper-letter-step-key = Bir anahtar alırsınız. Onunla daha sonra geri gelirsiniz. Bu mektuptaki kod artık çalışmaz.
paper-letter-step-key-young = Bir anahtar alırsın. Onunla daha sonra geri gelirsin. Bu mektuptaki kod artık çalışmaz.
paper-letter-opens = Kodla ne yapabilirsiniz?
paper-letter-opens-young = Kodla ne yapabilirsin?
paper-letter-opens-question = Kimin, ne için ve ne kadar süreyle sorduğunu okursunuz. Evet ya da hayır dersiniz. Evet cevabınızı her zaman geri alabilirsiniz. Kod yalnızca bu soruyu açar.
paper-letter-opens-question-young = Kimin, ne için ve ne kadar süreyle sorduğunu okursun. Evet ya da hayır dersin. Evet cevabını her zaman geri alabilirsin. Kod yalnızca bu soruyu açar.
paper-letter-opens-signal = Bildirimimizi ve onunla ne yapıldığını görürsünüz. Bildirime katılmıyor musunuz? Orada itiraz edebilirsiniz. Kod yalnızca bu bildirimi açar.
paper-letter-opens-signal-young = Bildirimimizi ve onunla ne yapıldığını görürsün. Bildirime katılmıyor musun? Orada itiraz edebilirsin. Kod yalnızca bu bildirimi açar.
paper-letter-secret = Kod yalnızca sizin içindir. Kodu kimseye vermeyin. Biz kodu asla sormayız.
paper-letter-secret-young = Kod yalnızca senin için. Kodu kimseye verme. Biz kodu asla sormayız.
paper-letter-nothing = Hiçbir şey yapmazsanız ne olur?
paper-letter-nothing-young = Hiçbir şey yapmazsan ne olur?
paper-letter-nothing-exchange = O zaman onay yoktur ve hiçbir şey olmaz. Hayır derseniz de hiçbir şey olmaz. Yardım olduğu gibi kalır.
paper-letter-nothing-exchange-young = O zaman onay yoktur ve hiçbir şey olmaz. Hayır dersen de hiçbir şey olmaz. Yardım olduğu gibi kalır.
paper-letter-nothing-asked-signal = O zaman bildirimimiz geçerli olmaz ve silinir. Hayır derseniz de silinir. Yardım olduğu gibi kalır.
paper-letter-nothing-asked-signal-young = O zaman bildirimimiz geçerli olmaz ve silinir. Hayır dersen de silinir. Yardım olduğu gibi kalır.
paper-letter-nothing-signal = O zaman bildirim süresi dolana kadar kalır. Bir şey yapmanız gerekmez. Yardım olduğu gibi kalır.
paper-letter-nothing-signal-young = O zaman bildirim süresi dolana kadar kalır. Bir şey yapman gerekmez. Yardım olduğu gibi kalır.
paper-letter-help = Yardıma mı ihtiyacınız var?
paper-letter-help-young = Yardıma mı ihtiyacın var?
paper-letter-help-where = Bu mektubu { $municipality } yetkililerine götürün. Orada size yardım ederler. Ya da mektubu size veren kişiye sorun.
paper-letter-help-where-young = Bu mektubu { $municipality } yetkililerine götür. Orada sana yardım ederler. Ya da mektubu sana veren kişiye sor.
paper-letter-safety = Ev güvenli değil mi? Veilig Thuis’i arayın: 0800-2000. Ücretsizdir, gece gündüz açıktır. Şu anda tehlike mi var? 112’yi arayın.
paper-letter-safety-young = Ev güvenli değil mi? Veilig Thuis’i ara: 0800-2000. Ücretsizdir, gece gündüz açıktır. Şu anda tehlike mi var? 112’yi ara.
paper-letter-in-this-language = Türkçe: web sitesinde her şeyi Türkçe okuyabilirsiniz.

## Receipt

paper-receipt-title = Alındı belgesi
paper-receipt-about = Bu belge Trefpunt’ta yaptığınız seçimi gösterir. İyi saklayın.
paper-receipt-about-young = Bu belge Trefpunt’ta yaptığın seçimi gösterir. İyi sakla.
paper-receipt-question = Soru
paper-receipt-exchange = Kurumlar çocuğunuz hakkında görüşebilir mi?
paper-receipt-exchange-young = Kurumlar senin hakkında görüşebilir mi?
paper-receipt-signal = Bir kurum çocuğunuz hakkında bildirim verebilir mi?
paper-receipt-signal-young = Bir kurum senin hakkında bildirim verebilir mi?
paper-receipt-asked-by = Soran kurum
paper-receipt-between = Görüşmek isteyenler
paper-receipt-answer = Cevap
paper-receipt-agreed = Evet dediniz. Henüz onay yok: seçmesi gereken herkes seçmedi.
paper-receipt-agreed-young = Evet dedin. Henüz onay yok: seçmesi gereken herkes seçmedi.
paper-receipt-given = Evet. Onay var.
paper-receipt-refused = Hayır dediniz. Onay yok.
paper-receipt-refused-young = Hayır dedin. Onay yok.
paper-receipt-withdrawn = Onay geri çekildi.
paper-receipt-when = Seçim tarihi
paper-receipt-since = Onayın başlangıcı
paper-receipt-until = Onay geçerli
paper-receipt-withdrawn-at = Geri çekme tarihi
paper-receipt-text = Metnin sürümü
paper-receipt-made = Belgenin tarihi
paper-receipt-back = Evet cevabı nasıl geri alınır?
paper-receipt-back-young = Evet cevabı nasıl geri alınır?
paper-receipt-back-how = { $address } adresine gidin. Anahtarınız ve PIN kodunuzla girin. Orada geri çekmeyi seçin. Bu her zaman mümkündür. Nedenini söylemeniz gerekmez.
paper-receipt-back-how-young = { $address } adresine git. Anahtarın ve PIN kodunla gir. Orada geri çekmeyi seç. Bu her zaman mümkündür. Nedenini söylemen gerekmez.
paper-receipt-key = Anahtarınız
paper-receipt-key-young = Anahtarın
paper-receipt-key-how = Bu anahtar ve PIN kodunuzla geri gelirsiniz. PIN kodunu bu kâğıda yazmayın.
paper-receipt-key-how-young = Bu anahtar ve PIN kodunla geri gelirsin. PIN kodunu bu kâğıda yazma.
paper-receipt-key-name = Yalnızca sizin için. Anahtarı kimseye vermeyin.
paper-receipt-key-name-young = Yalnızca senin için. Anahtarı kimseye verme.
paper-receipt-help = Bu kâğıdı { $municipality } yetkililerine götürün. Orada size yardım ederler.
paper-receipt-help-young = Bu kâğıdı { $municipality } yetkililerine götür. Orada sana yardım ederler.

## Links to papers, on pages

paper-download-file = PDF olarak, yazdırmak için
paper-download-receipt = Alındı belgeniz (PDF)
paper-download-receipt-young = Alındı belgen (PDF)
paper-download-signed = Bilgisayar için alındı belgesi (JSON-LD, imzalı)
paper-download-key = Anahtar, PDF olarak yazdırmak için
