### The question for consent: what is asked, what has become of it, and taking it back. The reader is a parent or guardian
### (keys ending in -guardian: u) or the young person (keys ending in -young: je).

## Both questions
request-title = Onay sorusu
request-hidden-asker = Mektubu gönderen kurum
request-purpose = Ne için?
request-how-long = Ne kadar süre geçerli?
request-everyone = Başkalarının da evet demesi gerekir mi?
request-no = Hayır dersem ne olur?
request-choose-guardian = Ne seçiyorsunuz?
request-choose-young = Ne seçiyorsun?
request-yes = Evet, onay veriyorum
request-no-button = Hayır, onay vermiyorum
request-not-sure-guardian = Henüz karar vermediniz mi? O zaman çıkış yapın. Daha sonra geri gelebilirsiniz.
request-not-sure-young = Henüz karar vermedin mi? O zaman çıkış yap. Daha sonra geri gelebilirsin.
request-version = Metin { $version }. Soru tarihi: { $date }.
request-declares = Diğer ebeveyn veya vasi adına da seçim yapıyorsunuz
request-declares-what = Bu bölgede bir ebeveyn veya vasi ikisi adına seçim yapabilir. Evet mi diyorsunuz? O zaman velayet sahibi diğer ebeveynin veya vasinin de kabul ettiğini beyan edersiniz.
request-declares-unsure = Bundan emin değil misiniz? O zaman önce birlikte konuşun. Diğer kişi kabul etmiyor mu? O zaman hayır seçin.
request-hidden-choices-guardian = Başkalarıyla birlikte mi seçiyorsunuz? O zaman neyi seçtiğinizi kimseye söylemeyiz. Siz de başkasının seçimini görmezsiniz. Tek başınıza mı seçiyorsunuz? O zaman cevaptan ne seçtiğiniz anlaşılır.
request-hidden-choices-young = Başkalarıyla birlikte mi seçiyorsun? O zaman neyi seçtiğini kimseye söylemeyiz. Sen de başkasının seçimini görmezsin.
request-alone-from-16-young = 16 yaşında veya daha büyük müsün? O zaman tek başına seçersin. Cevaptan ne seçtiğin anlaşılır.
request-no-is-final-guardian = Burada bir hayır cevabını artık evet olarak değiştiremezsiniz.
request-no-is-final-young = Burada bir hayır cevabını artık evet olarak değiştiremezsin.

## May these organisations consult each other (exchange)?
request-exchange-title-guardian = Bu kurumlar çocuğunuz hakkında görüşebilir mi?
request-exchange-title-young = Bu kurumlar senin hakkında görüşebilir mi?
request-exchange-lead-guardian = { $asker } kurumu onayınızı istiyor. Siz seçersiniz: evet ya da hayır. Seçim süresi: { $until }. Hiçbir şey yapmazsanız onay yoktur ve her şey olduğu gibi kalır.
request-exchange-lead-young = { $asker } kurumu onayını istiyor. Sen seçersin: evet ya da hayır. Seçim süresi: { $until }. Hiçbir şey yapmazsan onay yoktur ve her şey olduğu gibi kalır.
request-exchange-who = Kimler görüşmek istiyor?
request-exchange-who-what-guardian = Bu kurumlar çocuğunuzla ilgilendiklerini bildirdi. Trefpunt’ta bunun nedeni yazmaz.
request-exchange-who-what-young = Bu kurumlar seninle ilgilendiklerini bildirdi. Trefpunt’ta bunun nedeni yazmaz.
request-exchange-purpose-guardian = Kurumlar yardımlarını birbirine uyumlu hale getirmek istiyor. Bunun için birbirlerinin ne yaptığını bilmek istiyorlar. Onayınızla bunu birbirlerine sorabilir ve anlatabilirler.
request-exchange-purpose-young = Kurumlar yardımlarını birbirine uyumlu hale getirmek istiyor. Bunun için birbirlerinin ne yaptığını bilmek istiyorlar. Onayınla bunu birbirlerine sorabilir ve anlatabilirler.
request-exchange-what = Neler gidip gelir?
request-exchange-what-messages-guardian = Çocuğunuz hakkında mesajlar ve belgeler. Yalnızca çocuğunuza yardım eden kişiler arasında.
request-exchange-what-messages-young = Senin hakkında mesajlar ve belgeler. Yalnızca sana yardım eden kişiler arasında.
request-exchange-what-needed = Yalnızca yardımı uyumlu hale getirmek için gerekenler.
request-exchange-what-locked = Her mesaj ve her belge kilitlidir. Yalnızca onu alan kurum okuyabilir. Trefpunt okuyamaz.
request-exchange-not = Ne olmaz?
request-exchange-not-others = Başka kurumlar hiçbir şey okuyamaz.
request-exchange-not-new-guardian = Yeni bir kurum mu katılıyor? O zaman onayınız o kurum için geçerli değildir. Bunun için size yeniden sorulması gerekir.
request-exchange-not-new-young = Yeni bir kurum mu katılıyor? O zaman onayın o kurum için geçerli değildir. Bunun için sana yeniden sorulması gerekir.
request-exchange-not-without = Onay olmadan Trefpunt üzerinden tek bir mesaj veya belge gidip gelmez.
request-exchange-lasts-guardian = Onay süresi: { $lasts }. Çocuğunuz bu sürede 12 veya 16 yaşına mı giriyor? O zaman onay o gün sona erer.
request-exchange-lasts-young = Onay süresi: { $lasts }. Bu sürede 16 yaşına mı giriyorsun? O zaman onay o gün sona erer.
request-exchange-withdraw-guardian = Onayınızı her zaman geri çekebilirsiniz. Nedenini söylemeniz gerekmez. O andan itibaren artık hiçbir şey gidip gelmez.
request-exchange-withdraw-young = Onayını her zaman geri çekebilirsin. Nedenini söylemen gerekmez. O andan itibaren artık hiçbir şey gidip gelmez.
request-exchange-everyone-guardian = Bazen evet. Örneğin diğer ebeveynin veya 12 yaşından itibaren çocuğunuzun. Ancak herkes evet derse bir şey gidip gelir. Biri hayır mı diyor? O zaman onay yoktur.
request-exchange-everyone-declares = Bazen evet. Örneğin 12 yaşından itibaren çocuğunuzun. Ancak herkes evet derse bir şey gidip gelir. Biri hayır mı diyor? O zaman onay yoktur.
request-exchange-everyone-young = Henüz 16 yaşında değil misin? O zaman ebeveynlerinin veya vasilerinin de evet demesi gerekir. Ancak herkes evet derse bir şey gidip gelir. Biriniz hayır mı diyor? O zaman onay yoktur.
request-exchange-no-nothing = Hiçbir şey.
request-exchange-no-guardian = Hayır demenin size veya çocuğunuza yapılan yardıma etkisi yoktur. Kurumlar yalnızca onay olmadığını görür. Kimin hayır dediğini veya nedenini görmezler.
request-exchange-no-young = Hayır demenin sana yapılan yardıma etkisi yoktur. Kurumlar yalnızca onay olmadığını görür. Kimin hayır dediğini veya nedenini görmezler.
request-exchange-no-again-guardian = Bir hayır cevabından sonra { $count } gün içinde kimse yeniden soramaz. Burada bir hayır cevabını artık evet olarak değiştiremezsiniz.
request-exchange-no-again-young = Bir hayır cevabından sonra { $count } gün içinde kimse yeniden soramaz. Burada bir hayır cevabını artık evet olarak değiştiremezsin.

## May this organisation say that it is involved (signal)?
request-signal-title-guardian = { $asker } kurumu çocuğunuzla ilgilendiğini bildirebilir mi?
request-signal-title-young = { $asker } kurumu seninle ilgilendiğini bildirebilir mi?
request-signal-lead-guardian = { $asker } kurumu onayınızı istiyor. Siz seçersiniz: evet ya da hayır. Seçim süresi: { $until }. Hiçbir şey yapmazsanız onay yoktur ve bildirimi sileriz.
request-signal-lead-young = { $asker } kurumu onayını istiyor. Sen seçersin: evet ya da hayır. Seçim süresi: { $until }. Hiçbir şey yapmazsan onay yoktur ve bildirimi sileriz.
request-signal-heading = Bildirim nedir?
request-signal-what-guardian = Bu kurum Trefpunt’ta çocuğunuzla ilgilendiğini bildirmek istiyor. Buna bildirim denir. Bildirimde nedeni yazmaz. Çocuğunuzun adı, adresi veya doğum tarihi de yazmaz.
request-signal-what-young = Bu kurum Trefpunt’ta seninle ilgilendiğini bildirmek istiyor. Buna bildirim denir. Bildirimde nedeni yazmaz. Senin adın, adresin veya doğum tarihin de yazmaz.
request-signal-waits-guardian = Bildirim şimdi seçiminizi bekliyor. Başka kurumlar bunu fark etmez.
request-signal-waits-young = Bildirim şimdi senin seçimini bekliyor. Başka kurumlar bunu fark etmez.
request-signal-purpose-guardian = Bazen birden fazla kurum aynı çocuğa yardım eder. Bunu birbirlerinden her zaman bilmezler. Bildirimle birbirlerini bulabilirler. O zaman yardımlarını uyumlu hale getirebilirler.
request-signal-purpose-young = Bazen birden fazla kurum aynı gence yardım eder. Bunu birbirlerinden her zaman bilmezler. Bildirimle birbirlerini bulabilirler. O zaman yardımlarını uyumlu hale getirebilirler.
request-signal-yes = Evet dersem ne olur?
request-signal-yes-counts = Bildirim geçerli olur.
request-signal-yes-match-guardian = Başka bir kurum da çocuğunuz hakkında bildirim yapıyor mu? O zaman kurumlar bunu öğrenir.
request-signal-yes-match-young = Başka bir kurum da senin hakkında bildirim yapıyor mu? O zaman kurumlar bunu öğrenir.
request-signal-yes-asked-again-guardian = Daha sonra çocuğunuz hakkında mesaj veya belge alışverişi mi yapmak istiyorlar? O zaman önce yeniden onayınızı isterler.
request-signal-yes-asked-again-young = Daha sonra senin hakkında mesaj veya belge alışverişi mi yapmak istiyorlar? O zaman önce yeniden onayını isterler.
request-signal-lasts-guardian = Onay süresi en çok: { $lasts }. Çocuğunuz bu sürede 12 veya 16 yaşına mı giriyor? O zaman onay o gün sona erer. Onay sona mı eriyor? O zaman bildirim de sona erer.
request-signal-lasts-young = Onay süresi en çok: { $lasts }. Bu sürede 16 yaşına mı giriyorsun? O zaman onay o gün sona erer. Onay sona mı eriyor? O zaman bildirim de sona erer.
request-signal-withdraw-guardian = Onayınızı her zaman geri çekebilirsiniz. Nedenini söylemeniz gerekmez. O zaman bildirimi sileriz.
request-signal-withdraw-young = Onayını her zaman geri çekebilirsin. Nedenini söylemen gerekmez. O zaman bildirimi sileriz.
request-signal-everyone-guardian = Bazen evet. Örneğin diğer ebeveynin veya 12 yaşından itibaren çocuğunuzun. Bildirim ancak herkes evet derse geçerli olur. Biri hayır mı diyor? O zaman bildirimi sileriz.
request-signal-everyone-declares = Bazen evet. Örneğin 12 yaşından itibaren çocuğunuzun. Bildirim ancak herkes evet derse geçerli olur. Biri hayır mı diyor? O zaman bildirimi sileriz.
request-signal-everyone-young = Henüz 16 yaşında değil misin? O zaman ebeveynlerinin veya vasilerinin de evet demesi gerekir. Bildirim ancak herkes evet derse geçerli olur. Biriniz hayır mı diyor? O zaman bildirimi sileriz.
request-signal-no-nothing-guardian = Hayır demenin size veya çocuğunuza yapılan yardıma etkisi yoktur.
request-signal-no-nothing-young = Hayır demenin sana yapılan yardıma etkisi yoktur.
request-signal-no = Bildirimi sileriz. { $asker } kurumu yalnızca bildirimin silindiğini görür. Kimin hayır dediğini veya nedenini görmez.

## What has become of it
request-state-agreed-guardian = Evet dediniz
request-state-agreed-young = Evet dedin
request-state-given = Onay verildi
request-state-refused-guardian = Hayır dediniz
request-state-refused-young = Hayır dedin
request-state-not-given = Onay verilmedi
request-state-withdrawn = Onay geri çekildi
request-state-over = Bu soru artık geçerli değil
request-agreed-exchange-guardian = Onay verdiğiniz tarih: { $date }. Henüz herkes seçim yapmadı. Şu anda hiçbir şey gidip gelmiyor.
request-agreed-exchange-young = Onay verdiğin tarih: { $date }. Henüz herkes seçim yapmadı. Şu anda hiçbir şey gidip gelmiyor.
request-agreed-signal-guardian = Onay verdiğiniz tarih: { $date }. Henüz herkes seçim yapmadı. Bildirim henüz geçerli değil.
request-agreed-signal-young = Onay verdiğin tarih: { $date }. Henüz herkes seçim yapmadı. Bildirim henüz geçerli değil.
request-agreed-back-guardian = Fikriniz mi değişti? Evet cevabınızı geri alabilirsiniz.
request-agreed-back-young = Yine de istemiyor musun? Evet cevabını geri alabilirsin.
request-take-back = Evet cevabımı geri al
request-given-exchange = Onayın verildiği tarih: { $date }. Onayın geçerliliği: { $until }. Bu sayfadaki kurumlar artık birbirlerine mesaj ve belge gönderebilir.
request-given-signal = Onayın verildiği tarih: { $date }. Onayın geçerliliği: { $until }. Bildirim artık geçerli.
request-given-back-exchange-guardian = Fikriniz mi değişti? Onayı her zaman geri çekebilirsiniz. Ondan sonra hiçbir şey gidip gelmez.
request-given-back-exchange-young = Yine de istemiyor musun? Onayı her zaman geri çekebilirsin. Ondan sonra hiçbir şey gidip gelmez.
request-given-back-signal-guardian = Fikriniz mi değişti? Onayı her zaman geri çekebilirsiniz. O zaman bildirimi sileriz.
request-given-back-signal-young = Yine de istemiyor musun? Onayı her zaman geri çekebilirsin. O zaman bildirimi sileriz.
request-withdraw = Onayı geri çek
request-refused-guardian = Seçiminiz kaydedildi. Kurumlar yalnızca onay olmadığını görür. Kimin hayır dediğini veya nedenini görmezler.
request-refused-young = Seçimin kaydedildi. Kurumlar yalnızca onay olmadığını görür. Kimin hayır dediğini veya nedenini görmezler.
request-refused-signal-guardian = Seçiminiz kaydedildi.
request-refused-signal-young = Seçimin kaydedildi.
request-not-everyone = Herkes onay vermedi.
request-not-given-exchange-guardian = Hiçbir şey gidip gelmez. Bunun size veya çocuğunuza yapılan yardıma etkisi yoktur. Bir şey yapmanız gerekmez.
request-not-given-exchange-young = Hiçbir şey gidip gelmez. Bunun sana yapılan yardıma etkisi yoktur. Bir şey yapman gerekmez.
request-not-given-signal-guardian = Bildirimi sileriz. Bunun size veya çocuğunuza yapılan yardıma etkisi yoktur. Bir şey yapmanız gerekmez.
request-not-given-signal-young = Bildirimi sileriz. Bunun sana yapılan yardıma etkisi yoktur. Bir şey yapman gerekmez.
request-withdrawn-exchange = Onayın geri çekildiği tarih: { $date }. Artık hiçbir şey gidip gelmez.
request-withdrawn-left = Henüz alınmamış mesajlar ve belgeler silindi. Bir kurum daha önce okuduğunu bilmeye devam eder.
request-withdrawn-signal = Onayın geri çekildiği tarih: { $date }. Bildirimi sileriz.
request-over-exchange-guardian = Burada artık seçim yapamazsınız. Süre doldu veya yerine yeni bir soru geldi. Bu onay artık geçerli değil.
request-over-exchange-young = Burada artık seçim yapamazsın. Süre doldu veya yerine yeni bir soru geldi. Bu onay artık geçerli değil.
request-over-signal-guardian = Burada artık seçim yapamazsınız. Süre doldu veya bildirim sona erdi.
request-over-signal-young = Burada artık seçim yapamazsın. Süre doldu veya bildirim sona erdi.
request-about = Konu
request-about-exchange = { $asker } onay istedi. Tarih: { $date }. Söz konusu kurumlar:
request-about-signal = { $asker } bir bildirim için onay istedi. Tarih: { $date }. Bildirim, bir kurumun ilgilendiğini söyler, nedenini söylemez. Söz konusu kurum:
request-recorded-guardian =
    Bunu burada seçmediniz. { $who } sizin { $form ->
        [written] kağıda yazdığınızı
       *[said] söylediğinizi
    } kaydetti. Tarih: { $date }.
request-recorded-young =
    Bunu burada seçmedin. { $who } senin { $form ->
        [written] kağıda yazdığını
       *[said] söylediğini
    } kaydetti. Tarih: { $date }.
request-recorded-masked-guardian =
    Bunu burada seçmediniz. Başka bir kurum sizin { $form ->
        [written] kağıda yazdığınızı
       *[said] söylediğinizi
    } kaydetti. Tarih: { $date }.
request-recorded-masked-young =
    Bunu burada seçmedin. Başka bir kurum senin { $form ->
        [written] kağıda yazdığını
       *[said] söylediğini
    } kaydetti. Tarih: { $date }.
request-recorded-wrong-guardian = Doğru değil mi? O zaman aşağıdan geri alın.
request-recorded-wrong-young = Doğru değil mi? O zaman aşağıdan geri al.
request-signal-gone-title = Bildirim silindi
request-signal-gone-lead = Seçiminizi aldık ve bildirimi sildik.
request-signal-gone-no-effect = Bunun size veya çocuğunuza yapılan yardıma etkisi yoktur. Bir şey yapmanız gerekmez.
request-signal-gone-left = Soru da silindi. Bu yüzden buraya artık geri gelemezsiniz. Bir kayıt defterinde yalnızca bunun olduğu yazar, isim yazmaz.

## Taking it back: the last question before
request-take-back-title = Evet cevabını geri al
request-withdraw-sure-guardian = Onayı geri çekmek istiyor musunuz?
request-withdraw-sure-young = Onayı geri çekmek istiyor musun?
request-take-back-sure-guardian = Evet cevabınızı geri almak istiyor musunuz?
request-take-back-sure-young = Evet cevabını geri almak istiyor musun?
request-withdraw-signal-gone = Bildirimi hemen sileriz. { $asker } kurumu yalnızca silindiğini görür. Kimin yaptığını veya nedenini görmez.
request-withdraw-signal-others = Başka kurumlar bildirimi zaten biliyor muydu? O zaman { $asker } kurumunun artık katılmadığını görürler. Daha önce bildiklerini bilmeye devam ederler.
request-withdraw-signal-no-effect-guardian = Bunun size veya çocuğunuza yapılan yardıma etkisi yoktur. Bunu burada geri alamazsınız.
request-withdraw-signal-no-effect-young = Bunun sana yapılan yardıma etkisi yoktur. Bunu burada geri alamazsın.
request-withdraw-stops = Kurumlar Trefpunt üzerinden birbirlerine hemen artık mesaj ve belge gönderemez. Artık alamazlar da.
request-withdraw-unfetched = Henüz alınmamış mesajları ve belgeleri sileriz.
request-withdraw-read = Bir kurum daha önce okuduğunu bilmeye devam eder.
request-withdraw-seen = Kurumlar onayın geri çekildiğini görür. Kimin çektiğini veya nedenini görmezler.
request-withdraw-no-effect-guardian = Geri çekmenin size veya çocuğunuza yapılan yardıma etkisi yoktur.
request-withdraw-no-effect-young = Geri çekmenin sana yapılan yardıma etkisi yoktur.
request-take-back-becomes-no = Cevap o zaman hayır olur. Hiçbir şey gidip gelmez.
request-take-back-seen = Kurumlar yalnızca onay olmadığını görür. Kimin hayır dediğini veya nedenini görmezler.
request-back = Geri dön, hiçbir şeyi değiştirme

## Who looked
request-looked = Kim baktı?
request-looked-every-guardian = Bu kurumlardan biri her baktığında bunu yazarız. Burada görürsünüz.
request-looked-every-young = Bu kurumlardan biri her baktığında bunu yazarız. Burada görürsün.
request-looked-message =
    { $date }: { $who } bir mesaj veya belge aldı{ $times ->
        [1] { "" }
       *[other] { " " }({ $times } kez)
    }
request-looked-match =
    { $date }: { $who } kimlerin ilgilendiğine baktı{ $times ->
        [1] { "" }
       *[other] { " " }({ $times } kez)
    }
