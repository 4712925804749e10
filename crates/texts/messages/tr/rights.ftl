### The pages on which a family objects to a signal, asks to see what is kept or to have it erased, and follows what became of
### that.

## On the page of a question or of a child: where the rights are
rights-title = Haklarınız
rights-title-young = Hakların
rights-who = Haklarınızdan sorumlu olan: { $municipality }. Bir sorunuz veya şikâyetiniz mi var? Oraya başvurabilirsiniz.
rights-who-young = Haklarından sorumlu olan: { $municipality }. Bir sorun veya şikâyetin mi var? Oraya başvurabilirsin.
rights-explain = Soruyu anlamıyor musunuz? Açıklama isteyin: { $organisation }.
rights-explain-young = Soruyu anlamıyor musun? Açıklama iste: { $organisation }.
rights-to-objection = Bir bildirime itiraz etmek
rights-to-requests = Bilgileri görmek veya sildirmek istemek

## Page: objection
rights-objection-title = Bir bildirime itiraz
rights-objection-lead = Bir bildirimin kaldırılması gerektiğini mi düşünüyorsunuz? O zaman itiraz edebilirsiniz. Ücretsizdir. Aldığınız yardımı etkilemez.
rights-objection-steps = Sonra ne olur?
rights-objection-step-municipality = İtirazınız şuraya gider: { $municipality }.
rights-objection-step-advice =
    { $weeks ->
        [one] Bildirimi veren kurum { $weeks } hafta içinde görüş bildirir.
       *[other] Bildirimi veren kurum { $weeks } hafta içinde görüş bildirir.
    } Kimin itiraz ettiğini ona söylemeyiz.
rights-objection-step-decision =
    { $weeks ->
        [one] Belediye { $weeks } hafta içinde karar verir.
       *[other] Belediye { $weeks } hafta içinde karar verir.
    } Yanıtı burada okursunuz.
rights-objection-step-upheld = Belediye size hak verir mi? O zaman bildirimi sileriz. Bildirimi görenlere bu söylenir. O bildirimle ilgili mektubunuz artık çalışmaz.
rights-objection-step-meanwhile = O zamana kadar bildirim kalır.
rights-objection-reason = Burada nedenini söylemeniz gerekmez. Söylemek ister misiniz? O zaman belediyeye anlatın.
rights-objection-which = Hangi bildirime itiraz ediyorsunuz?
rights-objection-signal = Bildirimi veren: { $organisation }, tarih: { $date }
rights-objection-button = İtiraz et
rights-objection-none = Şu anda itiraz edebileceğiniz bir bildirim yok.
rights-objection-choose = Bir bildirim seçin
rights-objections = İtirazlarınız
rights-objection-of = Bildirime itiraz, bildirimi veren: { $organisation }

## What became of an objection
rights-state-open = İnceleniyor
rights-state-upheld = Size hak verildi
rights-state-rejected = Size hak verilmedi
rights-state-withdrawn = Geri alındı
rights-state-lapsed = Artık gerekli değil
rights-made = { $date }: itiraz ettiniz.
rights-made-at-desk = { $date }: belediyede itiraz ettiniz.
rights-advice-due = Kurum en geç { $date } günü görüş bildirebilir.
rights-advice-late = Kurumun { $date } gününe kadar süresi vardı, ama görüş bildirmedi. Belediye artık görüş olmadan karar verebilir.
rights-advice-end = { $date }: kuruma göre bildirim kalkabilir.
rights-advice-keep = { $date }: kuruma göre bildirim kalmalı.
rights-advice-none = { $date }: kurum kararı belediyeye bırakıyor.
rights-decision-due = { $municipality } en geç { $date } günü karar verir.
rights-decision-late = { $municipality } en geç { $date } günü karar vermeliydi. Belediyeyi arayıp durumu sorabilirsiniz.
rights-upheld = { $date }: { $municipality } size hak verdi. Bildirim silindi.
rights-rejected = { $date }: { $municipality } size hak vermedi. Bildirim kalıyor.
rights-withdrawn = { $date }: itirazınızı geri aldınız.
rights-lapsed = Bildirim zaten silindi. Belediyenin artık karar vermesi gerekmiyor.
rights-reasons = Neden:
rights-reason-no-ground = Bildirim için iyi bir neden yoktu.
rights-reason-ground-gone = Bildirimin nedeni artık yok.
rights-reason-not-informed = Bildirim size söylenmedi veya geç söylendi.
rights-reason-family-interests = Sizin isteğiniz bildirimden daha önemli.
rights-reason-ground-stands = Bildirimin nedeni hâlâ var.
rights-reason-child-interests = Bildirimin kalması çocuk için daha iyi.
rights-reason-not-entitled = Bu çocuk için itiraz edemezsiniz.
rights-reason-repeated = Bu itiraz hakkında daha önce karar verildi. Değişen bir şey yok.
rights-objection-withdraw = İtirazı geri al
rights-objection-withdraw-explain = Geri alırsanız belediye karar vermez. Daha sonra yeniden itiraz edebilirsiniz.

## Way of appeal
rights-appeal = Karara katılmıyor musunuz?
rights-appeal-municipality = En geç { $date } gününe kadar şuraya itiraz edebilirsiniz: { $municipality }. Nasıl yapacağınız belediyenin mektubunda yazar.
rights-appeal-court = Sonrasında da katılmıyor musunuz? O zaman mahkemeye gidebilirsiniz.
rights-appeal-authority = Her zaman şuraya da şikâyet edebilirsiniz: { $authority }.
rights-authority = Hollanda Veri Koruma Kurumu (Autoriteit Persoonsgegevens)

## Page: access and erasure
rights-lead = Nelerin saklandığını bilme hakkınız var. Silinmesini de isteyebilirsiniz. Ücretsizdir.
rights-access-title = Nelerin saklandığını görmek
rights-access-text = Tüm bildirimlerin ve eşleşmelerin bir özetini alırsınız. Kimin ne zaman baktığı da orada yazar.
rights-access-limits = Bazen bir çocuk tehlikeye gireceği için bir şey henüz gösterilemez. Bunu kimseye söylemeyiz.
rights-access-button = Görmek istiyorum
rights-erasure-title = Bilgileri sildirmek
rights-erasure-text = Belediye evet der mi? O zaman verdiğiniz her onay sona erer. Onayla gönderilen ama henüz okunmayan her şey silinir. Yalnızca sizin onayınızla verilen bildirimler de silinir.
rights-erasure-limits = Diğer bildirimler kalır. Onlara itiraz edebilirsiniz.
rights-erasure-button = Silinmesini iste
rights-correct-title = Yanlış bir şey mi var?
rights-correct-text = Bildirimi veren kuruma veya belediyeye söyleyin. Yanlışları düzeltmek zorundalar.
rights-term =
    { $municipality } { $months ->
        [one] bir ay içinde
       *[other] { $months } ay içinde
    } yanıt verir. Bazen daha çok zaman gerekir: en fazla { $more ->
        [one] bir ay
       *[other] { $more } ay
    } daha. O zaman size bildirilir.
rights-nothing-to-ask = Şu anda isteyebileceğiniz bir şey yok. Mektubunuza ait bir bildirim bulunmuyor.
rights-asked-already = Bunu istediniz. Durumunu yukarıda görürsünüz.
rights-requests = İstedikleriniz
rights-request-access = Bilgileri görme
rights-request-erasure = Bilgileri silme
rights-state-given = Belediye evet dedi
rights-state-partly = Belediye kısmen evet dedi
rights-state-refused = Belediye hayır dedi
rights-asked = { $date }: bunu istediniz.
rights-asked-at-desk = { $date }: bunu belediyede istediniz.
rights-extended = { $date }: belediyenin daha çok zamana ihtiyacı var.
rights-answer-due = { $municipality } en geç { $date } günü yanıt verir.
rights-answer-late = { $municipality } en geç { $date } günü yanıt vermeliydi. Belediyeyi arayıp durumu sorabilirsiniz.
rights-access-given = { $date }: { $municipality } evet dedi. Özeti görebilirsiniz.
rights-erasure-given = { $date }: { $municipality } evet dedi. Silinebilecek her şey silindi.
rights-erasure-partly = { $date }: { $municipality } kısmen evet dedi. Sizin onayınıza bağlı olanlar silindi. Diğer bildirimler kalıyor.
rights-refused = { $date }: { $municipality } hayır dedi.
rights-request-withdrawn = { $date }: isteğinizi geri aldınız.
rights-refusal-not-entitled = Bunu bu çocuk için isteyemezsiniz. Ya da kim olduğunuz kesin değil.
rights-refusal-unfounded = İsteğiniz için iyi bir neden yok. Ya da aynı şeyi çok sık istiyorsunuz.
rights-refusal-rights-of-others = Çocuğa veya bir başkasına zarar verebilir.
rights-refusal-public-task = Buradaki her şey yasa gereği saklanmalıdır. Ama bir bildirime itiraz edebilirsiniz.
rights-refusal-legal-claim = Bir dava için gereklidir.
rights-request-withdraw = İsteği geri al
rights-request-withdraw-explain = Geri alırsanız yanıt almazsınız. Daha sonra yeniden isteyebilirsiniz.

## The file that access gives
rights-file-until = Özeti en geç { $date } gününe kadar görebilirsiniz.
rights-file-link = Özete git
rights-file-not-sure = Özette her şey yazar. Bu yüzden kim olduğunuz kesin olmalı. Giriş yapın veya mektubunuzla belediyeye gidin. Orada da alabilirsiniz.
rights-file-over = Özeti { $date } gününe kadar görebilirdiniz. Yeniden isteyebilirsiniz.
rights-file-lead = Şu anda saklananlar bunlardır. Bu özetin bir kopyasını saklamayız.
rights-file-none-title = Bir özet yok
rights-file-none-text = Önce bilgileri görmeyi isteyin. Belediye evet derse özeti burada görürsünüz.
rights-file-back = Haklarınıza dön
rights-file-download-html = Sayfa olarak kaydet
rights-file-download-json = Bilgisayar için kaydet (JSON)
