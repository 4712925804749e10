## On every paper

paper-date = التاريخ
paper-reference = الرقم المرجعي
paper-reference-is = الرقم المرجعي { $reference }

## Letter

paper-letter-title-question = سؤال عن طفلكم
paper-letter-title-question-young = سؤال لك
paper-letter-title-signal = رسالة عن طفلكم
paper-letter-title-signal-young = رسالة لك
paper-letter-works-from = يعمل الرمز ابتداءً من
paper-letter-works = يعمل الرمز
paper-letter-exchange = نريد أن نتشاور مع مؤسسات أخرى بشأن طفلكم. لا نفعل ذلك إلا إذا وافقتم. لذلك نطلب موافقتكم.
paper-letter-exchange-young = نريد أن نتشاور مع مؤسسات أخرى بشأنك. لا نفعل ذلك إلا إذا وافقت. لذلك نطلب موافقتك.
paper-letter-asked-signal = نحن نساعد طفلكم. نريد أن نُعلم بذلك في Trefpunt من خلال إشارة. هكذا يمكن لمؤسسات أخرى أن تجدنا. لا نذكر السبب. لا نفعل ذلك إلا إذا وافقتم.
paper-letter-asked-signal-young = نحن نساعدك. نريد أن نُعلم بذلك في Trefpunt من خلال إشارة. هكذا يمكن لمؤسسات أخرى أن تجدنا. لا نذكر السبب. لا نفعل ذلك إلا إذا وافقت.
paper-letter-signal = نحن نساعد طفلكم. وقد أعلمنا بذلك في Trefpunt من خلال إشارة. هكذا يمكن لمؤسسات أخرى أن تجدنا. لا يُذكر السبب هناك.
paper-letter-signal-young = نحن نساعدك. وقد أعلمنا بذلك في Trefpunt من خلال إشارة. هكذا يمكن لمؤسسات أخرى أن تجدنا. لا يُذكر السبب هناك.
paper-letter-address = العنوان على الإنترنت:
paper-letter-code = أدخلوا رمزكم هناك:
paper-letter-code-young = أدخل رمزك هناك:
paper-letter-square = رمز مربع للمسح. لا يحتوي إلا على هذا العنوان: { $address }
paper-letter-how = كيف تدخلون؟
paper-letter-how-young = كيف تدخل؟
paper-letter-step-go = اكتبوا عنوان الموقع. أو امسحوا المربع بهاتفكم.
paper-letter-step-go-young = اكتب عنوان الموقع. أو امسح المربع بهاتفك.
paper-letter-step-code = أدخلوا الرمز. ثم اختاروا بأنفسكم رمز PIN.
paper-letter-step-code-young = أدخل الرمز. ثم اختر بنفسك رمز PIN.
paper-letter-step-key = تحصلون على مفتاح. به تعودون لاحقًا. عندها لا يعمل رمز هذه الرسالة بعد ذلك.
paper-letter-step-key-young = تحصل على مفتاح. به تعود لاحقًا. عندها لا يعمل رمز هذه الرسالة بعد ذلك.
paper-letter-opens = ماذا يمكنكم أن تفعلوا بالرمز؟
paper-letter-opens-young = ماذا يمكنك أن تفعل بالرمز؟
paper-letter-opens-question = تقرؤون من يسأل، ولماذا، ولأي مدة. تقولون نعم أو لا. يمكنكم دائمًا سحب موافقتكم. لا يفتح الرمز إلا هذا السؤال.
paper-letter-opens-question-young = تقرأ من يسأل، ولماذا، ولأي مدة. تقول نعم أو لا. يمكنك دائمًا سحب موافقتك. لا يفتح الرمز إلا هذا السؤال.
paper-letter-opens-signal = ترون إشارتنا وما يحدث بها. ألا توافقون على الإشارة؟ عندها يمكنكم تقديم اعتراض هناك. لا يفتح الرمز إلا هذه الإشارة.
paper-letter-opens-signal-young = ترى إشارتنا وما يحدث بها. ألا توافق على الإشارة؟ عندها يمكنك تقديم اعتراض هناك. لا يفتح الرمز إلا هذه الإشارة.
paper-letter-secret = الرمز لكم وحدكم. لا تعطوا الرمز لأحد. نحن لا نسأل عنه أبدًا.
paper-letter-secret-young = الرمز لك وحدك. لا تعطِ الرمز لأحد. نحن لا نسأل عنه أبدًا.
paper-letter-nothing = ماذا لو لم تفعلوا شيئًا؟
paper-letter-nothing-young = ماذا لو لم تفعل شيئًا؟
paper-letter-nothing-exchange = عندها لا توجد موافقة ولا يحدث شيء. وإذا قلتم لا، فلا يحدث شيء أيضًا. تبقى المساعدة كما هي.
paper-letter-nothing-exchange-young = عندها لا توجد موافقة ولا يحدث شيء. وإذا قلت لا، فلا يحدث شيء أيضًا. تبقى المساعدة كما هي.
paper-letter-nothing-asked-signal = عندها لا تسري إشارتنا وتختفي. وإذا قلتم لا، فإنها تختفي أيضًا. تبقى المساعدة كما هي.
paper-letter-nothing-asked-signal-young = عندها لا تسري إشارتنا وتختفي. وإذا قلت لا، فإنها تختفي أيضًا. تبقى المساعدة كما هي.
paper-letter-nothing-signal = عندها تبقى الإشارة حتى تنتهي مدتها. لا يلزمكم أن تفعلوا شيئًا. تبقى المساعدة كما هي.
paper-letter-nothing-signal-young = عندها تبقى الإشارة حتى تنتهي مدتها. لا يلزمك أن تفعل شيئًا. تبقى المساعدة كما هي.
paper-letter-help = هل تحتاجون إلى مساعدة؟
paper-letter-help-young = هل تحتاج إلى مساعدة؟
paper-letter-help-where = خذوا هذه الرسالة إلى بلدية { $municipality }. هناك يساعدونكم. أو اسألوا من أعطاكم الرسالة.
paper-letter-help-where-young = خذ هذه الرسالة إلى بلدية { $municipality }. هناك يساعدونك. أو اسأل من أعطاك الرسالة.
paper-letter-safety = هل البيت غير آمن؟ اتصلوا بـ Veilig Thuis على الرقم {"\u2066"}0800-2000{"\u2069"}. الاتصال مجاني ليلًا ونهارًا. هل هناك خطر الآن؟ اتصلوا بالرقم 112.
paper-letter-safety-young = هل البيت غير آمن؟ اتصل بـ Veilig Thuis على الرقم {"\u2066"}0800-2000{"\u2069"}. الاتصال مجاني ليلًا ونهارًا. هل هناك خطر الآن؟ اتصل بالرقم 112.
paper-letter-in-this-language = العربية: يمكنكم قراءة كل شيء بالعربية على الموقع.

## Receipt

paper-receipt-title = إيصال
paper-receipt-about = هذا إثبات لما اخترتموه في Trefpunt. احتفظوا به جيدًا.
paper-receipt-about-young = هذا إثبات لما اخترته في Trefpunt. احتفظ به جيدًا.
paper-receipt-question = السؤال
paper-receipt-exchange = هل يجوز للمؤسسات أن تتشاور بشأن طفلكم؟
paper-receipt-exchange-young = هل يجوز للمؤسسات أن تتشاور بشأنك؟
paper-receipt-signal = هل يجوز لمؤسسة أن تعطي إشارة عن طفلكم؟
paper-receipt-signal-young = هل يجوز لمؤسسة أن تعطي إشارة عنك؟
paper-receipt-asked-by = من سأل
paper-receipt-between = من يريد التشاور
paper-receipt-answer = الجواب
paper-receipt-agreed = قلتم نعم. لا توجد موافقة بعد: لم يختر كل من عليه أن يختار.
paper-receipt-agreed-young = قلت نعم. لا توجد موافقة بعد: لم يختر كل من عليه أن يختار.
paper-receipt-given = نعم. توجد موافقة.
paper-receipt-refused = قلتم لا. لا توجد موافقة.
paper-receipt-refused-young = قلت لا. لا توجد موافقة.
paper-receipt-withdrawn = سُحبت الموافقة.
paper-receipt-when = تاريخ الاختيار
paper-receipt-since = توجد موافقة منذ
paper-receipt-until = الموافقة سارية
paper-receipt-withdrawn-at = سُحبت في
paper-receipt-text = نسخة النص
paper-receipt-made = تاريخ هذا الإيصال
paper-receipt-back = كيف تسحبون الموافقة؟
paper-receipt-back-young = كيف تسحب الموافقة؟
paper-receipt-back-how = اذهبوا إلى { $address }. ادخلوا بمفتاحكم ورمز PIN. اختاروا هناك السحب. هذا ممكن دائمًا. لا يلزمكم أن تذكروا السبب.
paper-receipt-back-how-young = اذهب إلى { $address }. ادخل بمفتاحك ورمز PIN. اختر هناك السحب. هذا ممكن دائمًا. لا يلزمك أن تذكر السبب.
paper-receipt-key = مفتاحكم
paper-receipt-key-young = مفتاحك
paper-receipt-key-how = تعودون بهذا المفتاح ورمز PIN الخاص بكم. لا تكتبوا رمز PIN على هذه الورقة.
paper-receipt-key-how-young = تعود بهذا المفتاح ورمز PIN الخاص بك. لا تكتب رمز PIN على هذه الورقة.
paper-receipt-key-name = لكم وحدكم. لا تعطوا المفتاح لأحد.
paper-receipt-key-name-young = لك وحدك. لا تعطِ المفتاح لأحد.
paper-receipt-help = خذوا هذه الورقة إلى بلدية { $municipality }. هناك يساعدونكم.
paper-receipt-help-young = خذ هذه الورقة إلى بلدية { $municipality }. هناك يساعدونك.

## Links to papers, on pages

paper-download-file = بصيغة PDF للطباعة
paper-download-receipt = إيصالكم بصيغة PDF
paper-download-receipt-young = إيصالك بصيغة PDF
paper-download-signed = إيصال للحاسوب (JSON-LD، موقّع)
paper-download-key = المفتاح بصيغة PDF للطباعة
