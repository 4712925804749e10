### Logging in with DigiD or another service ($name), beside the letter. Nobody has to; it is asked for only to see everything about a child.

## Before logging in
login-title = { $name } ile giriş yapma
login-lead-guardian = { $name } ile kim olduğunuzu gösterirsiniz.
login-lead-young = { $name } ile kim olduğunu gösterirsin.
login-why-guardian = Çocuğunuzla ilgili her şeyi ancak giriş yaptıktan sonra görürsünüz.
login-why-young = Seninle ilgili her şeyi ancak giriş yaptıktan sonra görürsün.
login-voluntary-guardian = Bunun dışında giriş yapmanız gerekmez. Giriş yapmadan da evet veya hayır diyebilirsiniz.
login-voluntary-young = Bunun dışında giriş yapman gerekmez. Giriş yapmadan da evet veya hayır diyebilirsin.
login-asked = Biz ne görüyoruz?
login-asked-guardian = Adınızı veya vatandaşlık hizmet numaranızı (BSN) sormuyoruz. Yalnızca bizde geçerli olan bir kod alıyoruz. Böylece yine siz olduğunuzu görüyoruz.
login-asked-young = Adını veya vatandaşlık hizmet numaranı (BSN) sormuyoruz. Yalnızca bizde geçerli olan bir kod alıyoruz. Böylece yine sen olduğunu görüyoruz.

## On the way there and back
login-there = { $name } sayfasına gidiliyor
login-there-text = Hiçbir şey olmuyor mu? O zaman düğmeyi seçin.
login-there-button = { $name } ile devam
login-back = Trefpunt’a döndünüz
login-back-text = Devam düğmesini seçin. Orada girişin başarılı olup olmadığı yazar.
login-back-button = Devam

## Afterwards
login-done-guardian = Giriş yaptınız
login-done-young = Giriş yaptın
login-done-text-guardian = { $name } ile giriş yaptınız. İşiniz bitti mi? O zaman Çıkış yap düğmesini seçin.
login-done-text-young = { $name } ile giriş yaptın. İşin bitti mi? O zaman Çıkış yap düğmesini seç.
login-everything-guardian = Çocuğunuzla ilgili her şey
login-everything-young = Seninle ilgili her şey
login-to-signal = Bildirime git

## When it did not work
login-failed = Giriş yapılamadı
login-failed-text = Hiçbir şey değişmedi. Yeniden deneyin veya giriş yapmadan devam edin.
login-again = Yeniden giriş yap
login-another = Daha önce başka biri giriş yaptı
login-another-text = Bu mektupla daha önce başka biri giriş yaptı. Bu yüzden şimdi giriş yapılamıyor. Bu doğru değil mi? O zaman belediyeyi arayın.
login-later = Şu anda giriş yapılamıyor
login-later-text = Giriş hizmeti yanıt vermiyor. Daha sonra yeniden deneyin veya giriş yapmadan devam edin.
