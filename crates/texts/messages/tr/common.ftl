### What stands on every page: its frame, dates, names of organisations, and what is said when something does not work.

## Frame of each page
common-skip = İçeriğe geç
common-more-information = Daha fazla bilgi
common-languages = Bir dil seçin
common-menu = Menü
common-menu-request = Soru
common-menu-child = Genel bakış
common-menu-history = Geçmiş
common-menu-objection = İtiraz
common-menu-rights = Haklar
common-help = Yardım
common-privacy = Gizlilik
common-accessibility = Erişilebilirlik
common-leave = Çıkış yap
common-to-start = Başlangıca dön
common-to-request = Sorunuza dönün
common-error-mark = Hata:
common-error-title = Bu olmadı

## Names of organisations
common-another-organisation = başka bir kurum
common-name-hidden = Bazen bir kurumun adını göstermemize izin verilmez.
common-sector-youth-help = gençlere yardım
common-sector-youth-health-care = çocuk ve gençlik sağlığı
common-sector-health-care = sağlık hizmetleri
common-sector-education = eğitim
common-sector-childcare = çocuk bakımı
common-sector-social-support = sosyal destek
common-sector-work-and-income = iş ve gelir
common-sector-police-and-justice = polis ve adalet

## Dates and spans
common-date =
    { $day } { $month ->
        [1] Ocak
        [2] Şubat
        [3] Mart
        [4] Nisan
        [5] Mayıs
        [6] Haziran
        [7] Temmuz
        [8] Ağustos
        [9] Eylül
        [10] Ekim
        [11] Kasım
       *[12] Aralık
    } { $year }
common-month =
    { $month ->
        [1] Ocak
        [2] Şubat
        [3] Mart
        [4] Nisan
        [5] Mayıs
        [6] Haziran
        [7] Temmuz
        [8] Ağustos
        [9] Eylül
        [10] Ekim
        [11] Kasım
       *[12] Aralık
    } { $year }
common-moment = { $date }, saat { $hour }.{ $minute }
common-until-day = { $date } gününün sonuna kadar
common-until-moment = { $date }, saat { $hour }.{ $minute } anına kadar
common-days = { $count } gün
common-one-year = 1 yıl (365 gün)
common-two-years = 2 yıl (730 gün)

## After leaving
common-left-title = Çıkış yaptınız
common-left-lead = Seçiminiz kaydedildi.
common-left-back = Daha sonra geri gelebilirsiniz. O zaman bir onayı geri de çekebilirsiniz.
common-left-shared = Bu telefon veya bilgisayar size ait değil mi? O zaman bu pencereyi de kapatın.

## When something does not work
common-nothing-saved = Hiçbir şey kaydetmedik.
common-outside-title = Önce giriş yapın
common-outside-text = Giriş yapmadınız veya çok uzun süre ayrı kaldınız.
common-not-entitled-title = Buraya artık giremezsiniz
common-not-entitled-text = Bu bilgileri artık göremez veya değiştiremezsiniz.
common-not-entitled-why = Bunun nedeni gencin 16 yaşına girmesi olabilir. Ya da belediyenin erişiminizi durdurması.
common-not-entitled-what = Sorularınız mı var? Belediyenizin gişesine gidin.
common-decided-title = Bu artık mümkün değil
common-decided-text = Sorunuzun sayfasında şu anki durumu görürsünüz.
common-foreign-form-title = Bu form artık geçerli değil
common-foreign-form-why = Belki sayfa çok uzun süre açık kaldı. Ya da sayfa Trefpunt’tan gelmedi.
common-foreign-form-what = Sorunuza dönün ve orada yeniden seçin.
common-unreadable-form-title = Bu formu okuyamıyoruz
common-unreadable-form-what = Geri dönün ve yeniden deneyin.
common-no-choice-title = Henüz seçim yapmadınız
common-no-choice-what = Sorunuza dönün ve evet ya da hayır seçin.
common-too-fast-title = Lütfen biraz bekleyin
common-too-fast-why = Kısa sürede çok sayıda kod girildi.
common-too-fast-what = Bir dakika bekleyin ve sonra yeniden deneyin. Kodunuz çalışmaya devam eder.
common-not-found-title = Böyle bir sayfa yok
common-not-found-what = Adresin doğru olup olmadığına bakın. Ya da yeniden başlayın.
common-not-allowed-title = Bu sayfa böyle çalışmaz
common-not-allowed-what = Yeniden başlayın.
common-later-title = Şu anda olmuyor
common-later-why = Bir arıza var. Bu sizden kaynaklanmıyor.
common-later-what = Birkaç dakika sonra yeniden deneyin. Kodunuz çalışmaya devam eder.
common-later-chosen = Az önce bir seçim mi yaptınız? Seçiminizin kaydedilip kaydedilmediğine daha sonra bakın. İki kez seçmenin zararı olmaz.
