### The page with help, and the block about safety that stands at the bottom of every page.

## Safety: at the bottom of every page
help-safety-title = Güvenlik konusunda endişeli misiniz?
help-safety-title-young = Kendini güvende hissetmiyor musun?
help-safety-call = Veilig Thuis’i arayın: { $phone }. Ücretsizdir. Gece gündüz arayabilirsiniz.
help-safety-danger = Şu anda tehlike mi var? Arayın: { $phone }.
help-safety-child = Çocuklar için Kindertelefoon’u da arayabilirsin: { $phone }. Ücretsizdir.

## Page: help
help-title = Yardım
help-lead = Burada Trefpunt’un ne olduğunu ve nereden yardım alacağınızı okursunuz.
help-what-title = Trefpunt nedir?
help-what-why = Bazen aynı çocuğa birkaç kişi yardım eder. Okulda, kreşte veya sağlık hizmetinde. Birbirlerinden her zaman haberleri olmaz.
help-what-signal = Trefpunt’ta bir kurum bir çocukla ilgilendiğini bildirebilir. Buna bildirim denir. Nedeni yazılmaz. İsim veya adres de yazılmaz.
help-what-match = İki bildirim aynı çocuk hakkında mı? Buna eşleşme denir. Kurumlar birbirinden haberdar olur. Çocuk hakkında bir şey göndermeleri için sizin evet demeniz gerekir.
help-letter-title = Kodlu bir mektup aldım
help-letter-first = Başlangıç sayfasına gidin ve mektubunuzdaki kodu yazın.
help-letter-pin = Bir PIN kodu seçin. O zaman bir anahtar da alırsınız. Onu iyi saklayın.
help-letter-read = Ne sorulduğunu okuyun.
help-letter-choose = Evet veya hayır seçin. Önce düşünebilirsiniz.
help-letter-back = Daha sonra geri gelmek ister misiniz? O zaman anahtarınızı ve PIN kodunuzu yazarsınız. Mektuptaki kod yalnızca bir kez çalışır.
help-letter-who = 12 yaşına kadar ebeveynler seçer. 12 ile 16 yaş arasında çocuk da seçer. 16 yaşından itibaren genç tek başına seçer.
help-code-title = Kodum çalışmıyor
help-code-check =
    16 karakterin hepsini yazıp yazmadığınıza bakın. Bir kod { $days ->
        [one] { $days } gün
       *[other] { $days } gün
    } geçerlidir. Kod daha önce kullanıldı mı? O zaman anahtarınızı yazın.
help-code-lost = Kodunuzu, anahtarınızı veya PIN kodunuzu mu kaybettiniz? Mektubunuzla belediyenize gidin. Orada yeni bir kod alırsınız.
help-real-title = Mektubum gerçek mi?
help-real-text = Emin değil misiniz? O zaman hiçbir şey yazmayın. Mektupta adı geçen kurumu arayın. Önceden bildiğiniz bir numara kullanın.
help-real-never = Kimse kodunuzu, anahtarınızı veya PIN kodunuzu sormak için sizi aramaz veya size e-posta göndermez. Onları kimseye vermeyin.
help-no-title = Hayır dersem ne olur?
help-no-text = Hiçbir şey. Eskisi kadar yardım alırsınız. Kurumlar yalnızca evet denmediğini görür. Nedenini görmez.
help-ask-title = Kime soru sorabilirim?
help-ask-organisation = Soru veya bildirim hakkında: mektubu gönderen kurumu arayın.
help-ask-municipality = Haklarınız hakkında: belediyenize gidin. Burada yapabildiğiniz her şeyi orada da yapabilirsiniz. O zaman bilgisayar kullanmanız gerekmez.
help-ask-reading = Okumak sizin için zor mu? Güvendiğiniz birinden sizinle okumasını isteyin. Seçimi siz yaparsınız.
help-complaint-title = Bir şikâyetim var
help-complaint-municipality = Önce mektubu gönderen kuruma veya belediyenize söyleyin. Size yanıt vermek zorundalar.
help-complaint-ombudsman = Bu yardımcı olmuyor mu? O zaman şuraya başvurun: { $ombudsman }. Ücretsizdir.
help-ombudsman = Ulusal Ombudsman (Nationale ombudsman)
help-complaint-authority = Bilgilerinizle mi ilgili? O zaman şuraya da şikâyet edebilirsiniz: { $authority }.
help-danger-title = Bir çocuk güvende değil mi?
help-danger-text = O zaman Veilig Thuis’i arayın. Evde şiddet olduğunda ve bir çocuğa kötü davranıldığında yardım ederler. Adınızı söylemeniz gerekmez.
help-danger-not-here = Trefpunt’ta bir çocuğun güvende olup olmadığına kimse bakmaz. Bu yüzden Trefpunt’u beklemeyin.
help-young-title = Çocuklar ve gençler için
help-young-text = Biriyle konuşmak ister misin? Kindertelefoon’u ara: { $phone }. Ücretsizdir. Adını söylemen gerekmez. Hollandaca konuşurlar.
help-young-rights = 12 yaşında veya daha büyük müsün? O zaman senin hakkında nelerin saklandığını kendin sorabilirsin. İtiraz da edebilirsin.
