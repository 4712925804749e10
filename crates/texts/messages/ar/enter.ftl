### The way in: entering the code of a letter, choosing a PIN, keeping the return key, coming back with both.

## The first page

enter-title = أدخلوا رمزكم
enter-lead = وصلتكم رسالة فيها رمز. بهذا الرمز تقرؤون موضوع الرسالة. وبعد ذلك تقررون بأنفسكم ما تفعلون.
enter-code-label = الرمز من رسالتكم
enter-code-hint = يتكوّن الرمز من 16 حرفًا ورقمًا. مثلًا: { $example }. لا فرق بين الأحرف الكبيرة والصغيرة ولا تهمّ الشرطات.
enter-code-wrong = هذا الرمز لا يعمل.
enter-code-wrong-help = هذا الرمز لا يعمل. تأكدوا من أنكم نقلتم الرمز بشكل صحيح. ربما الرمز قديم أو استُعمل من قبل. هل اخترتم رمز PIN من قبل؟ عودوا إذن بمفتاحكم. لم ينجح الأمر؟ اطلبوا المساعدة من مكتب البلدية.
enter-next = متابعة
enter-back-title = هل كنتم هنا من قبل؟
enter-back-lead = عودوا إذن بمفتاحكم ورمز PIN.
enter-key-label = مفتاحكم
enter-key-hint = يتكوّن المفتاح من 16 حرفًا ورقمًا. حصلتم عليه عندما اخترتم رمز PIN.
enter-pin-label = رمز PIN الخاص بكم
enter-pin-hint = وهو 6 أرقام.
enter-back-button = العودة
enter-key-wrong = هذا المفتاح ورمز PIN لا يعملان.
enter-key-wrong-help = هذا المفتاح ورمز PIN لا يعملان. تأكدوا من أنكم نقلتم كل شيء بشكل صحيح. هل أُدخل رمز PIN خاطئ مرات كثيرة؟ انتظروا ساعة. هل فقدتم المفتاح أو رمز PIN؟ تعطيكم البلدية رمزًا جديدًا.

## Good to know

enter-know-title = من المفيد أن تعرفوا
enter-know-nothing = بإدخال الرمز لا تختارون شيئًا بعد. تقرؤون كل شيء أولًا.
enter-know-yours = الرمز لكم وحدكم. لا تعطوه لأحد.
enter-know-once = يعمل الرمز مرة واحدة. بعد ذلك تعودون بمفتاح ورمز PIN.
enter-know-closes = تُغلق الصفحة من تلقاء نفسها بعد ساعتين. أدخلوا عندئذ مفتاحكم ورمز PIN.

## Choosing a PIN

enter-pin-title = اختاروا رمز PIN
enter-pin-lead = اختاروا 6 أرقام تتذكرونها جيدًا. بعد ذلك تحصلون على مفتاح. بهذا المفتاح وهذه الأرقام تعودون لاحقًا.
enter-pin-choose-label = رمز PIN من 6 أرقام
enter-pin-choose-hint = ليس 123456 وليس الرقم نفسه ست مرات.
enter-pin-again-label = رمز PIN نفسه مرة أخرى
enter-pin-button = حفظ رمز PIN
enter-pin-not-six = أدخلوا 6 أرقام.
enter-pin-too-easy = رمز PIN هذا سهل جدًا. اختاروا أرقامًا أخرى.
enter-pin-differs = رمزا PIN غير متطابقين.
enter-pin-spent = لن يعمل رمزكم بعد ذلك. وهكذا لا يستطيع أحد الدخول برسالتكم.
enter-pin-time = لديكم 15 دقيقة. هل تحتاجون إلى وقت أطول؟ أدخلوا رمزكم من جديد.

## The return key

enter-kept-title = هذا مفتاحكم
enter-kept-lead = احفظوا هذا المفتاح جيدًا. بالمفتاح ورمز PIN تعودون إلى هنا لاحقًا.
enter-kept-write = اكتبوا المفتاح أو اطبعوا هذه الصفحة. لا تكتبوا رمز PIN بجانبه.
enter-kept-once = ترون المفتاح هنا مرة واحدة. نحن لا نحفظه.
enter-kept-lost = هل فقدتم المفتاح؟ اذهبوا إلى مكتب البلدية ({ $municipality }). هناك تحصلون على رمز جديد.
enter-kept-button = لقد حفظت المفتاح
