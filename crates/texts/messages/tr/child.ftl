### What there is about a child: the overview, everything, and the downloads.

## The page about a child, and its downloads

child-title-guardian = Çocuğunuz Trefpunt’ta
child-title-young = Sen Trefpunt’ta
child-lead = Bu mektupla görülebilenler burada.
child-whole-title-guardian = Çocuğunuzla ilgili her şey
child-whole-title-young = Seninle ilgili her şey
child-whole-lead = Şu anda görülebilen her şey burada.
child-made-at = Durum şu anda böyleydi: { $moment }.

## What is asked of the reader

child-asked-title = Şimdi ne yapmam gerekiyor?
child-asked-nothing = Hiçbir şey. Şu anda bir soru yok.
child-asked-open = { $who } kurumu onay istiyor. Seçim süresi: { $until }.
child-asked-agreed = Hiçbir şey. Evet cevabı kaydedildi. Henüz herkes seçim yapmadı.
child-asked-given = Hiçbir şey. Onay verildi. Geçerlilik süresi: { $until }.
child-to-question = Soru ve seçim
child-to-consent = Cevap veya geri çekme
child-to-answer = Sorulan soru

## Signals

child-signals-title = Kimler ilgileniyor?
child-signals-intro = Bir bildirim, bir kurumun ilgilendiğini söyler. Nedenini söylemez.
child-signals-none = Burada bildirim yok.
child-signal-sleeping = bekliyor: önce onay gerekli
child-signal-active = geçerli
child-signal-paused = şimdi geçerli değil: aileye henüz haber verilmedi
child-signal-ended = kurum tarafından sona erdirildi
child-signal-expired = kendiliğinden sona erdi
child-signal-archived = arşivde

## Matches

child-matches-title = Kimler birbirini buldu?
child-matches-intro = İki kurum aynı çocuk için bildirim verirse birbirinden haberdar edilir. Buna eşleşme denir.
child-matches-none = Burada eşleşme yok.
child-match = Eşleşme: { $date }
child-match-open = henüz herkes temas kurmadı
child-match-contact-confirmed = kurumlar temas kurdu
child-match-closed = kapandı
child-outcome-signals-ended = yeterli bildirim kalmadı
child-party = { $who }: { $since } tarihinden beri
child-party-contact = { $who }: { $since } tarihinden beri, temas: { $contact }
child-party-left = { $who }: { $since } – { $left }
child-message-unread = { $sent } – gönderen: { $from }, alan: { $to }. Henüz alınmadı.
child-message-read = { $sent } – gönderen: { $from }, alan: { $to }. Alındığı gün: { $read }.
child-message-gone = { $sent } – gönderen: { $from }, alan: { $to }. Okunmadan silindi: { $gone }.

## Consent

child-consents-title = Hangi onay istendi?
child-consents-none = Burada onay isteği yok.
child-consent = İstek: { $date }
child-consent-requested = henüz herkes seçim yapmadı
child-consent-given = verildi
child-consent-refused = verilmedi
child-consent-withdrawn = geri çekildi
child-consent-expired = süresi doldu
child-consent-replaced = yeni bir onayla değiştirildi
child-consent-superseded = 12. veya 16. yaş gününden sonra yeniden istendi
child-purpose-exchange = bu kurumlar arasında bilgi paylaşımı
child-purpose-signal = bu kurumun bir bildirimi
child-answer-none = henüz seçilmedi
child-answer-agreed = evet
child-answer-refused = hayır

## Who looked

child-viewings-title = Kim, ne zaman baktı?
child-viewings-intro = Bir kurumdan biri buraya bakarsa bunu yazarız.
child-viewings-none = Burada kimse yok.
child-viewing-match = { $day } – { $who }: kimlerin ilgilendiğine baktı ({ $times } kez, son: { $time })
child-viewing-message = { $day } – { $who }: mesaj veya belge aldı ({ $times } kez, son: { $time })

## What was asked of the municipality

child-rights-title = Belediyeden ne istedim?
child-objection = İtiraz: { $date }
child-request-access = Her şeyi görme isteği: { $date }
child-request-erasure = Silme isteği: { $date }
child-objection-open = inceleniyor
child-objection-upheld = haklı bulundu: bildirim silindi
child-objection-rejected = reddedildi: bildirim kalıyor
child-objection-withdrawn = geri alındı
child-objection-lapsed = artık gerekli değil: bildirim silindi
child-request-requested = inceleniyor
child-request-given = kabul edildi
child-request-partly = kısmen kabul edildi
child-request-refused = reddedildi
child-request-withdrawn = geri alındı

## Names of facts. Each stands above or before its value, so with a capital

child-fact-state = Şu anki durum
child-fact-given-on = Verildiği gün
child-fact-given-by = Veren
child-fact-ends-on = En geç bitiş günü
child-fact-ended-on = Sona erdiği gün
child-fact-gone-in = Tamamen silineceği ay
child-fact-archived-until = Arşivde kalacağı tarih
child-fact-archive-noticed = Yeni bir kuruma bildirildiği gün
child-fact-informed = Aileye bildirilmesi
child-informed = { $date }, { $how } ({ $language })
child-informed-not = bu henüz yazılmadı
child-fact-parties = Kimler var
child-fact-contact-by = En geç temas günü
child-fact-closed-on = Kapandığı gün
child-fact-outcome = Neden
child-fact-messages = Mesajlar ve belgeler
child-fact-asked-by = İsteyen
child-fact-answer-by = Seçim süresi
child-fact-purpose = Ne için
child-fact-between = Kimler arasında
child-fact-valid = Geçerlilik
child-fact-withdrawn-on = Geri çekildiği gün
child-fact-my-answer = Cevabım
child-fact-text = Metin
child-fact-decision-by = En geç cevap günü
child-fact-decided-on = Karar günü

## How and in which language the family was told

child-channel-conversation = görüşmede
child-channel-telephone = telefonla
child-channel-video-call = görüntülü görüşmede
child-channel-letter = mektupla
child-channel-message = mesajla
child-language =
    { $language ->
        [ar] Arapça
        [bg] Bulgarca
        [dse] Hollanda İşaret Dili
        [en] İngilizce
        [fr] Fransızca
        [fy] Frizce
        [de] Almanca
        [ku] Kürtçe
        [nl] Felemenkçe
        [pap] Papiamento
        [fa] Farsça
        [pl] Lehçe
        [pt] Portekizce
        [ro] Rumence
        [ru] Rusça
        [so] Somalice
        [es] İspanyolca
        [zgh] Tamazight
        [ti] Tigrinya
        [tr] Türkçe
        [uk] Ukraynaca
        [zh] Çince
       *[other] başka bir dil
    }

## Good to know

child-about-title = Bilmek iyi olur
child-about-what = Trefpunt, bir kurumun ilgilendiğini saklar. Nedenini saklamaz.
child-about-purpose = Böylece kurumlar birbirini bulup yardımlarını birlikte düzenleyebilir.
child-about-source = Bilgiler, bildirimi veren kurumdan gelir.
child-about-nameless = Çocuğun adı, adresi ve doğum günü saklanmaz. Vatandaşlık hizmet numarası (BSN) da saklanmaz.
child-about-receivers = Bilgileri yalnızca eşleşmedeki kurumlar görür. Birbirlerine yazdıklarını yalnızca alıcı okur.
child-about-no-score = Bir çocuk hakkında bilgisayar karar vermez. Puanlama yoktur.
child-about-complain = Yanlış bir şey kuruma veya belediyeye ({ $municipality }) bildirilebilir. Şikâyet yeri: Autoriteit Persoonsgegevens.

## What more can be done

child-more-title = Başka ne yapabilirim?
child-to-whole = Her şeyi göster
child-to-history = Burada yaptıklarım
child-to-objection = Bir bildirime itiraz
child-to-rights = Bilgi isteme veya sildirme
child-to-overview = Genel bakış
child-download-title = Saklama
child-download-html = Okumak için kaydet (HTML)
child-download-json = Bilgisayar için kaydet (JSON)
child-download-care = Dosyaya sahip olan herkes okuyabilir. Cihaz başkasınınsa buraya kaydetmemek daha iyidir.

## How to see everything

child-whole-why = Mektupla yalnızca bir bölüm görülebilir. Her şey için kimin baktığı kesin olmalıdır.
child-whole-ways-title = Her şeyi nasıl görebilirim?
child-whole-way-desk = { $municipality } gişesinde. Gerekenler: mektup veya anahtar ve kimlik belgesi.
child-whole-way-request = Belediyeden her şeyi görmek istenebilir. Cevap bir ay içinde gelir.
