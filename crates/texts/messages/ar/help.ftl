### The page with help, and the block about safety that stands at the bottom of every page.

## Safety: at the bottom of every page
help-safety-title = هل أنتم قلقون بشأن السلامة؟
help-safety-title-young = ألا تشعر بالأمان؟
help-safety-call = اتصلوا بـ Veilig Thuis: { $phone }. الاتصال مجاني، ليلًا ونهارًا.
help-safety-danger = هل هناك خطر الآن؟ اتصلوا بالرقم { $phone }.
help-safety-child = يمكنك أيضًا الاتصال بهاتف الأطفال Kindertelefoon: { $phone }. الاتصال مجاني.

## Page: help
help-title = المساعدة
help-lead = هنا تقرؤون ما هو Trefpunt وأين تجدون المساعدة.
help-what-title = ما هو Trefpunt؟
help-what-why = أحيانًا يساعد عدة أشخاص الطفل نفسه: في المدرسة أو الحضانة أو الرعاية الصحية. ولا يعرف بعضهم عن بعض دائمًا.
help-what-signal = في Trefpunt يمكن لمؤسسة أن تُعلم بأنها معنيّة بطفل. يُسمّى ذلك إشارة. لا يُذكر فيها السبب، ولا اسم ولا عنوان.
help-what-match = هل تخصّ إشارتان الطفل نفسه؟ يُسمّى ذلك تطابقًا. تعلم المؤسسات بعضها ببعض. ولا يجوز لها إرسال شيء عن الطفل إلا إذا قلتم نعم.
help-letter-title = لديّ رسالة فيها رمز
help-letter-first = اذهبوا إلى البداية وأدخلوا الرمز الموجود في رسالتكم.
help-letter-pin = اختاروا رمز PIN. تحصلون عندئذ على مفتاح أيضًا. احفظوه جيدًا.
help-letter-read = اقرؤوا ما يُطلب منكم.
help-letter-choose = اختاروا نعم أو لا. يمكنكم التفكير أولًا.
help-letter-back = هل تريدون العودة لاحقًا؟ أدخلوا مفتاحكم ورمز PIN. رمز الرسالة يعمل مرة واحدة فقط.
help-letter-who = حتى عمر 12 عامًا يختار الوالدان. من 12 إلى 16 عامًا يختار الطفل معهما. من عمر 16 يختار الشاب أو الشابة وحدهما.
help-code-title = رمزي لا يعمل
help-code-check =
    تأكدوا من إدخال الأحرف والأرقام الـ 16 كلها. يعمل الرمز مدة { $days ->
        [one] يوم واحد ({ $days })
        [two] يومين ({ $days })
        [few] { $days } أيام
       *[other] { $days } يومًا
    }. هل استُعمل الرمز من قبل؟ أدخلوا إذن مفتاحكم.
help-code-lost = هل فقدتم الرمز أو المفتاح أو رمز PIN؟ اذهبوا برسالتكم إلى مكتب البلدية. هناك تحصلون على رمز جديد.
help-real-title = هل رسالتي حقيقية؟
help-real-text = ألستم متأكدين؟ لا تُدخلوا شيئًا إذن. اتصلوا بالمؤسسة المذكورة في الرسالة، على رقم تعرفونه من قبل.
help-real-never = لن يتصل بكم أحد ولن يراسلكم لطلب الرمز أو المفتاح أو رمز PIN. لا تعطوها لأحد.
help-no-title = ماذا لو قلت لا؟
help-no-text = لا شيء. تحصلون على المساعدة نفسها كما من قبل. ترى المؤسسات فقط أنه لا توجد موافقة، ولا ترى السبب.
help-ask-title = من يمكنني أن أسأل؟
help-ask-organisation = عن السؤال أو الإشارة: اتصلوا بالمؤسسة التي أرسلت الرسالة.
help-ask-municipality = عن حقوقكم: اذهبوا إلى بلديتكم. يمكنكم هناك القيام بكل ما تقومون به هنا، من غير حاسوب.
help-ask-reading = هل القراءة صعبة عليكم؟ اطلبوا ممن تثقون به أن يقرأ معكم. والاختيار لكم.
help-complaint-title = لديّ شكوى
help-complaint-municipality = أخبروا أولًا المؤسسة التي أرسلت الرسالة، أو بلديتكم. عليهما أن تجيباكم.
help-complaint-ombudsman = ألم ينفع ذلك؟ توجّهوا إذن إلى { $ombudsman }. هذا مجاني.
help-ombudsman = أمين المظالم الوطني (Nationale ombudsman)
help-complaint-authority = هل تتعلق الشكوى ببياناتكم؟ يمكنكم أيضًا تقديمها إلى { $authority }.
help-danger-title = هل هناك طفل غير آمن؟
help-danger-text = اتصلوا إذن بـ Veilig Thuis. يساعدون عند العنف في المنزل وعند إساءة معاملة طفل. لا يلزمكم ذكر اسمكم.
help-danger-not-here = لا أحد في Trefpunt يراقب سلامة الأطفال. فلا تنتظروا Trefpunt.
help-young-title = للأطفال والشباب
help-young-text = هل تريد التحدّث مع أحد؟ اتصل بهاتف الأطفال Kindertelefoon: { $phone }. الاتصال مجاني ولا يلزمك ذكر اسمك. يتكلمون الهولندية.
help-young-rights = هل عمرك 12 عامًا أو أكثر؟ يحق لك إذن أن تسأل بنفسك عمّا هو محفوظ عنك. ويحق لك الاعتراض أيضًا.
