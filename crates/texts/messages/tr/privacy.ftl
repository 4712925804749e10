### The privacy notice. It is made from the covenants that are in force and from the table of what is kept how long.

privacy-title = Gizlilik
privacy-lead = Burada Trefpunt’un çocuklar ve ebeveynler hakkında neyi, neden ve ne kadar süre sakladığını okursunuz.

## What is kept
privacy-child-title = Trefpunt bir çocuk hakkında neyi saklar?
privacy-child-signal = Hangi kurumun bildirim verdiğini ve bunun ne zaman bittiğini.
privacy-child-contact = Bir meslektaşın o kurumda kimi arayabileceğini.
privacy-child-code = Gizli bir kod. Çocuğun numarasından (BSN) yapılır, ama Trefpunt numarayı bilmez.
privacy-child-month = Her şeyin silinmesi gereken ay. Çocuğun doğum günü o aydadır.
privacy-child-not = Ad ve adres saklamayız. Bildirimin nedenini de saklamayız. Mesajlar ve belgeler kilitlidir: Trefpunt onları okuyamaz.
privacy-you-title = Trefpunt sizin hakkınızda neyi saklar?
privacy-you-role = Ebeveyn mi yoksa gencin kendisi mi olduğunuzu. Adınızı değil.
privacy-you-choice = Neyi, ne zaman seçtiğinizi ve o zaman hangi metni okuduğunuzu.
privacy-you-asked = Belediyeden ne istediğinizi ve yanıtın ne olduğunu.
privacy-you-key = Kodunuzu, anahtarınızı ve PIN kodunuzu, ama kimsenin okuyamayacağı biçimde.
privacy-source-title = Bilgiler kimden gelir?
privacy-source-text = Bildirim veren kurumlardan. Seçtikleriniz sizden gelir. Bazen söylediğinizi bir çalışan yazmıştır: o zaman bu belirtilir.
privacy-seen-title = Bunları kim görür?
privacy-seen-parties = Aynı çocuk hakkında bildirimi olan kurumlar birbirini görür. Onay olup olmadığını görürler, kimin ne seçtiğini görmezler. Tek başınıza mı seçiyorsunuz? O zaman yanıttan anlaşılır.
privacy-seen-municipality = Belediye ondan ne istediğinizi görür. Kurumların birbirini arayıp aramadığını da görür.
privacy-seen-supervisor = Denetçi isimsiz bir kayıt okur. Böylece burada yazanı yapıp yapmadığımızı görür.
privacy-seen-operator = Bilgisayarları yönetenler belediye için çalışır ve verilerle başka bir şey yapamaz.
privacy-machine-title = Hakkınızda bir bilgisayar mı karar verir?
privacy-machine-text = Hayır. Bilgisayar yalnızca iki bildirimin aynı çocuk hakkında olup olmadığına bakar. Sonra ne olacağına insanlar karar verir.

## What the region agreed
privacy-covenants-title = Bir bölgenin anlaştıkları
privacy-own-title = Sizin için anlaşılanlar
privacy-covenants-lead = Her bölge anlaşma yapar: bir sözleşme. Şu anda böyledir:
privacy-covenants-none = Henüz bir anlaşma yok.
privacy-municipality = Sorumlu
privacy-officer = İletişimi izleyen
privacy-basis = Buna neden izin var?
privacy-basis-notify = Kurumun görevidir (GDPR, madde 6(1)(e)). Her bildirim size söylenir.
privacy-basis-consent = Siz evet dediğiniz için (GDPR, madde 6(1)(a)). Sizin onayınız olmadan bir bildirim geçerli değildir.
privacy-may-signal = Kim bildirim verebilir?
privacy-grounds = Bildirim nedenleri
privacy-signal-days = Bir bildirim en fazla geçerlidir
privacy-archive-years = Sonra arşivde, en fazla
privacy-years =
    { $count ->
        [one] { $count } yıl
       *[other] { $count } yıl
    }
privacy-age-limit = Her şeyin silindiği ay, çocuğun yaşı
privacy-told-within = Bir bildirim size şu sürede söylenir
privacy-consent-days = Verdiğiniz onay en fazla geçerlidir
privacy-contact-days = Eşleşmeden sonra kurumlar birbirini şu sürede arar
privacy-working-days =
    { $count ->
        [one] { $count } iş günü
       *[other] { $count } iş günü
    }
privacy-reveal = Kurumlar birbirinin adını görür
privacy-reveal-match = eşleşme olunca
privacy-reveal-consent = ancak onaydan sonra
privacy-sensitive = Adı her zaman ancak onaydan sonra
privacy-none = yok
privacy-one-guardian = Bir ebeveyn diğeri için de evet diyebilir mi?
privacy-attested = Bir çalışan evet dediğinizi yazabilir mi?
privacy-birthday = Soru sürerken bir çocuk 12 yaşına girerse?
privacy-birthday-keep = O zaman seçtiğiniz geçerli kalır.
privacy-birthday-again = O zaman size yeniden sorarız.
privacy-siblings = Kardeşler tanınır mı?
privacy-delegation = Bir kurum bunu başka bir kurum için yapabilir mi?
privacy-limit = Bir kurumun bir saatteki bildirimleri, en fazla
privacy-yes = evet
privacy-no = hayır

## How long: one line for each kind of thing. The line begins with the thing
privacy-keep-title = Ne kadar süre saklarız?
privacy-keep-number = Çocuğun numarası (BSN): hiçbir zaman.
privacy-keep-pseudonym = Çocuğun gizli kodu: son bildirim silinene kadar.
privacy-keep-same-child = İki kodun aynı çocuk olup olmadığı: birinin bildirimi silinene kadar.
privacy-keep-family-match = İki çocuğun aynı ebeveyni olduğu: bildirim olduğu sürece.
privacy-keep-signal = Bir bildirim: kurumun seçtiği güne kadar geçerlidir. Sonra arşive gider.
privacy-keep-sleeping = Onayınızı bekleyen bir bildirim: en fazla { $days }.
privacy-keep-archive = Arşivdeki bir bildirim: bölgenin anlaştığı kadar. Yeni bir kuruma bir kez söylenebilir. Sonra { $days } içinde silinir.
privacy-keep-at-once = Olmaması gereken veya itirazınızın kabul edildiği bir bildirim: hemen silinir.
privacy-keep-birth-month = Her şeyin silinmesi gereken ay: bildirim olduğu sürece.
privacy-keep-ground = Bildirimin nedeni: hiçbir zaman.
privacy-keep-match = Bir eşleşme ve kimin aradığı: son bildirimi silinene kadar.
privacy-keep-told = Bir bildirimin size söylendiği veya neden henüz söylenmediği: bildirim olduğu sürece.
privacy-keep-waiting = Sırasını bekleyen bildirimler: en fazla 7 gün.
privacy-keep-birthday = Bir çocuğun yakında 12 veya 16 olacağı: soru sürdüğü sürece. Onayınız o gün biterse, o gün onayınız saklandığı sürece kalır.
privacy-keep-code = Mektubunuzdaki kod, kimsenin okuyamayacağı biçimde: soru veya bildirim olduğu sürece.
privacy-keep-key = Anahtarınız ve PIN kodunuz, kimsenin okuyamayacağı biçimde: sizin için görülecek bir şey olduğu sürece.
privacy-keep-objection = İtirazınız: çocuk hakkındaki son bildirim silinene kadar.
privacy-keep-request = Görme veya sildirme isteğiniz: çocuk hakkındaki son bildirim silinene kadar.
privacy-keep-file = İstediğiniz özet: onu saklamayız. Onu { $days } boyunca görebilirsiniz.
privacy-keep-consent = Onayınız: yanında yazan güne kadar geçerlidir. Kanıtı, eşleşme veya bildirim olduğu sürece kalır.
privacy-keep-looked = Kimin baktığı: eşleşme olduğu sürece.
privacy-keep-ended = Bir onayın bittiği, isimsiz: kendiliğinden biteceği güne kadar.
privacy-keep-decision = Kimin ne seçtiği: eşleşme veya bildirim olduğu sürece. Hiçbir kurum bunu okuyamaz.
privacy-keep-message = Kilitli mesajlar ve belgeler: karşı taraf alana veya onayınız bitene kadar.
privacy-keep-sent = Bir mesaj olduğu: eşleşme olduğu sürece.
privacy-keep-colleague = Bir kurumda kimin aranacağı: bildirim olduğu sürece.
privacy-keep-mail = Bir çalışanın e-posta adresi: e-postadan bir saat sonrasına kadar. E-posta ulaşmadıysa 30 gün.
privacy-keep-answers = Bir kurumun bilgisayarına verdiğimiz yanıt: 25 saat.
privacy-keep-session = Giriş yaptığınız: çıkana kadar ve en fazla iki saat.
privacy-keep-log = İsimsiz bir kayıt: denetçiye gerekli olduğu sürece.
privacy-keep-log-details = Kayıtta bir insanla ilgili olan: ilgili olduğu şey silinene kadar.
privacy-keep-statistics = On ve üzeri sayılar: kalır. Onlardan kimse tanınamaz.

## Cookies and rights
privacy-cookie-title = Çerezler
privacy-cookie-text = Yalnızca gerekli çerezleri kullanırız: sizi içeri almak ve hangi dili seçtiğinizi bilmek için. Sizi izlemeyiz. Bu web sitesi başka şirketlerden bir şey yüklemez.
privacy-cookie-address = İnternet adresinizi yalnızca kodların tahmin edilmesini yavaşlatmak için kullanırız. Bunun için saklamayız.
privacy-rights-title = Neler yapabilirsiniz?
privacy-rights-withdraw = Bir onayı istediğiniz an geri çekmek.
privacy-rights-access = Nelerin saklandığını görmek.
privacy-rights-correct = Yanlışları düzelttirmek.
privacy-rights-erase = Silinmesini istemek.
privacy-rights-object = Bir bildirime itiraz etmek.
privacy-rights-how = Bunu burada, mektubunuzla veya belediyenizde yapabilirsiniz. Belediyede bilgilerinizi gözeten biri vardır: veri koruma görevlisi. Onu sorabilirsiniz.
privacy-rights-authority = Memnun değil misiniz? Şuraya şikâyet edebilirsiniz: { $authority }.
