### The way in: entering the code of a letter, choosing a PIN, keeping the return key, coming back with both.

## The first page

enter-title = Kodunuzu girin
enter-lead = Size kodlu bir mektup geldi. Bu kodla mektubun ne hakkında olduğunu okursunuz. Sonra ne yapacağınıza kendiniz karar verirsiniz.
enter-code-label = Mektubunuzdaki kod
enter-code-hint = Kod 16 harf ve rakamdan oluşur. Örneğin: { $example }. Büyük harfler ve tireler fark etmez.
enter-code-wrong = Bu kod çalışmıyor.
enter-code-wrong-help = Bu kod çalışmıyor. Kodu doğru yazdığınızı kontrol edin. Kod çok eski olabilir ya da daha önce kullanılmış olabilir. Daha önce bir PIN kodu seçtiniz mi? O zaman anahtarınızla geri gelin. Olmuyor mu? Belediyenizin gişesinden yardım isteyin.
enter-next = Devam
enter-back-title = Daha önce burada mıydınız?
enter-back-lead = O zaman anahtarınız ve PIN kodunuzla geri gelin.
enter-key-label = Anahtarınız
enter-key-hint = Anahtar 16 harf ve rakamdan oluşur. Anahtarı PIN kodunuzu seçtiğinizde aldınız.
enter-pin-label = PIN kodunuz
enter-pin-hint = 6 rakamdan oluşur.
enter-back-button = Geri gel
enter-key-wrong = Bu anahtar ve PIN kodu çalışmıyor.
enter-key-wrong-help = Bu anahtar ve PIN kodu çalışmıyor. Her şeyi doğru yazdığınızı kontrol edin. PIN kodu birçok kez yanlış mı girildi? O zaman bir saat bekleyin. Anahtarınızı ya da PIN kodunuzu mu kaybettiniz? Belediye size yeni bir kod verir.

## Good to know

enter-know-title = Bilmekte fayda var
enter-know-nothing = Kodu girmekle henüz bir şey seçmezsiniz. Önce her şeyi okursunuz.
enter-know-yours = Kod yalnızca sizin içindir. Kodu başkasına vermeyin.
enter-know-once = Kod bir kez çalışır. Sonra bir anahtar ve bir PIN koduyla geri gelirsiniz.
enter-know-closes = Sayfa iki saat sonra kendiliğinden kapanır. O zaman anahtarınızı ve PIN kodunuzu girin.

## Choosing a PIN

enter-pin-title = Bir PIN kodu seçin
enter-pin-lead = Aklınızda kalacak 6 rakam seçin. Sonra bir anahtar alırsınız. O anahtar ve bu rakamlarla daha sonra geri gelirsiniz.
enter-pin-choose-label = 6 rakamlı PIN kodu
enter-pin-choose-hint = 123456 olmasın ve altı kez aynı rakam olmasın.
enter-pin-again-label = Aynı PIN kodu bir kez daha
enter-pin-button = PIN kodunu kaydet
enter-pin-not-six = 6 rakam girin.
enter-pin-too-easy = Bu PIN kodu çok kolay. Başka rakamlar seçin.
enter-pin-differs = İki PIN kodu aynı değil.
enter-pin-spent = Kodunuz bundan sonra çalışmaz. Böylece kimse mektubunuzla içeri giremez.
enter-pin-time = 15 dakikanız var. Daha uzun mu sürüyor? O zaman kodunuzu yeniden girin.

## The return key

enter-kept-title = Bu sizin anahtarınız
enter-kept-lead = Bu anahtarı iyi saklayın. Anahtar ve PIN kodunuzla buraya daha sonra geri gelirsiniz.
enter-kept-write = Anahtarı bir yere yazın ya da bu sayfayı yazdırın. PIN kodunuzu yanına yazmayın.
enter-kept-once = Anahtarı burada bir kez görürsünüz. Biz onu saklamayız.
enter-kept-lost = Anahtarı kaybettiniz mi? Belediyenin ({ $municipality }) gişesine gidin. Orada yeni bir kod alırsınız.
enter-kept-button = Anahtarı sakladım
