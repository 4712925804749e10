### The privacy notice. It is made from the covenants that are in force and from the table of what is kept how long.

privacy-title = الخصوصية
privacy-lead = هنا تقرؤون ما يحفظه Trefpunt عن الأطفال والوالدين، ولماذا، وكم من الوقت.

## What is kept
privacy-child-title = ماذا يحفظ Trefpunt عن الطفل؟
privacy-child-signal = أي مؤسسة أعطت إشارة، ومتى تنتهي.
privacy-child-contact = بمن يمكن لزميل أن يتصل في تلك المؤسسة.
privacy-child-code = رمز سري. صُنع من رقم الطفل (BSN)، لكن Trefpunt لا يعرف الرقم.
privacy-child-month = الشهر الذي يجب أن يُمحى فيه كل شيء. عيد ميلاد الطفل في ذلك الشهر.
privacy-child-not = لا نحفظ الاسم والعنوان، ولا سبب الإشارة. الرسائل والوثائق مقفلة: لا يستطيع Trefpunt قراءتها.
privacy-you-title = ماذا يحفظ Trefpunt عنكم؟
privacy-you-role = هل أنتم أحد الوالدين أم الشاب أو الشابة. لا نحفظ اسمكم.
privacy-you-choice = ماذا اخترتم ومتى، وأي نص قرأتم حينها.
privacy-you-asked = ماذا طلبتم من البلدية، وماذا كان الجواب.
privacy-you-key = رمزكم ومفتاحكم ورمز PIN، لكن بحيث لا يستطيع أحد قراءتها.
privacy-source-title = ممن تأتي البيانات؟
privacy-source-text = من المؤسسات التي تعطي إشارة. وما اخترتموه يأتي منكم. أحيانًا يكتب موظف ما قلتم، ويُذكر ذلك.
privacy-seen-title = من يراها؟
privacy-seen-parties = المؤسسات التي لها إشارة عن الطفل نفسه يرى بعضها بعضًا. ترى هل توجد موافقة، ولا ترى من اختار ماذا. هل تختارون وحدكم؟ عندئذ يظهر ذلك من الجواب.
privacy-seen-municipality = ترى البلدية ما تطلبونه منها. وترى أيضًا هل تتصل المؤسسات بعضها ببعض.
privacy-seen-supervisor = تقرأ جهة الرقابة سجلًا من غير أسماء. هكذا ترى هل نفعل ما هو مكتوب هنا.
privacy-seen-operator = من يدير الحواسيب يعمل للبلدية، ولا يجوز له أن يفعل بها شيئًا آخر.
privacy-machine-title = هل يقرّر حاسوب بشأنكم؟
privacy-machine-text = لا. يبحث الحاسوب فقط هل تخصّ إشارتان الطفل نفسه. وما يحدث بعد ذلك يقرّره الناس.

## What the region agreed
privacy-covenants-title = ما تتفق عليه المنطقة
privacy-own-title = ما اتُّفق عليه بشأنكم
privacy-covenants-lead = كل منطقة تعقد اتفاقًا. وهو الآن هكذا:
privacy-covenants-none = لا توجد اتفاقات بعد.
privacy-municipality = المسؤول
privacy-officer = من يتابع التواصل
privacy-basis = لماذا يجوز ذلك؟
privacy-basis-notify = إنها مهمة المؤسسة (GDPR، المادة 6، الفقرة 1، البند e). تُبلَّغون بكل إشارة.
privacy-basis-consent = لأنكم قلتم نعم (GDPR، المادة 6، الفقرة 1، البند a). لا تسري إشارة من غير موافقتكم.
privacy-may-signal = من يجوز له أن يعطي إشارة؟
privacy-grounds = أسباب الإشارة
privacy-signal-days = تسري الإشارة على الأكثر
privacy-archive-years = ثم تبقى في الأرشيف على الأكثر
privacy-years =
    { $count ->
        [one] سنة واحدة ({ $count })
        [two] سنتين ({ $count })
        [few] { $count } سنوات
       *[other] { $count } سنة
    }
privacy-age-limit = يُمحى كل شيء في الشهر الذي يبلغ فيه الطفل
privacy-told-within = تُبلَّغون بالإشارة خلال
privacy-consent-days = تسري موافقتكم على الأكثر
privacy-contact-days = بعد التطابق تتصل المؤسسات بعضها ببعض خلال
privacy-working-days =
    { $count ->
        [one] يوم عمل واحد ({ $count })
        [two] يومي عمل ({ $count })
        [few] { $count } أيام عمل
       *[other] { $count } يوم عمل
    }
privacy-reveal = ترى المؤسسات اسم بعضها
privacy-reveal-match = عند التطابق
privacy-reveal-consent = بعد الموافقة فقط
privacy-sensitive = الاسم دائمًا بعد الموافقة فقط
privacy-none = لا شيء
privacy-one-guardian = هل يجوز لأحد الوالدين أن يقول نعم عن الآخر أيضًا؟
privacy-attested = هل يجوز لموظف أن يكتب أنكم قلتم نعم؟
privacy-birthday = إذا بلغ طفل 12 عامًا والسؤال ما زال مفتوحًا؟
privacy-birthday-keep = يبقى ما اخترتموه.
privacy-birthday-again = نسألكم من جديد.
privacy-siblings = هل يُتعرَّف على الإخوة والأخوات؟
privacy-delegation = هل يجوز لمؤسسة أن تفعل ذلك عن مؤسسة أخرى؟
privacy-limit = إشارات المؤسسة الواحدة في الساعة على الأكثر
privacy-yes = نعم
privacy-no = لا

## How long: one line for each kind of thing. The line begins with the thing
privacy-keep-title = كم من الوقت نحفظها؟
privacy-keep-number = رقم الطفل (BSN): لا يُحفظ أبدًا.
privacy-keep-pseudonym = الرمز السري للطفل: حتى تُمحى آخر إشارة.
privacy-keep-same-child = هل يخصّ رمزان الطفل نفسه: حتى تُمحى إشارة أحدهما.
privacy-keep-family-match = أن لطفلين أحد الوالدين نفسه: ما دامت هناك إشارة.
privacy-keep-signal = الإشارة: تسري حتى اليوم الذي اختارته المؤسسة. ثم تذهب إلى الأرشيف.
privacy-keep-sleeping = إشارة تنتظر موافقتكم: على الأكثر { $days }.
privacy-keep-archive = إشارة في الأرشيف: بقدر ما اتفقت المنطقة. يجوز أن تعلم بها مؤسسة جديدة واحدة مرة واحدة. ثم تُمحى بعد { $days }.
privacy-keep-at-once = إشارة ما كان يجب أن توجد، أو قُبل اعتراضكم عليها: تُمحى فورًا.
privacy-keep-birth-month = الشهر الذي يجب أن يُمحى فيه كل شيء: ما دامت هناك إشارة.
privacy-keep-ground = سبب الإشارة: لا يُحفظ أبدًا.
privacy-keep-match = التطابق ومن اتصل: حتى تُمحى آخر إشارة فيه.
privacy-keep-told = أنكم بُلّغتم بإشارة، أو لماذا لم تُبلَّغوا بعد: ما دامت الإشارة موجودة.
privacy-keep-waiting = إشارات تنتظر دورها: على الأكثر 7 أيام.
privacy-keep-birthday = أن طفلًا سيبلغ قريبًا 12 أو 16 عامًا: ما دام السؤال مفتوحًا. إذا انتهت موافقتكم في ذلك اليوم يبقى اليوم محفوظًا معها.
privacy-keep-code = رمز رسالتكم، بحيث لا يقرؤه أحد: ما دام السؤال أو الإشارة موجودًا.
privacy-keep-key = مفتاحكم ورمز PIN، بحيث لا يقرؤهما أحد: ما دام هناك ما ترونه.
privacy-keep-objection = اعتراضكم: حتى تُمحى آخر إشارة عن الطفل.
privacy-keep-request = طلبكم للاطّلاع أو المحو: حتى تُمحى آخر إشارة عن الطفل.
privacy-keep-file = العرض عند الاطّلاع: لا نحفظه. يمكنكم رؤيته مدة { $days }.
privacy-keep-consent = موافقتكم: تسري حتى اليوم المذكور معها. ويبقى الدليل ما دام التطابق أو الإشارة موجودًا.
privacy-keep-looked = من اطّلع: ما دام التطابق موجودًا.
privacy-keep-ended = أن موافقة انتهت، من غير اسم: حتى موعد انتهائها من نفسها.
privacy-keep-decision = من اختار ماذا: ما دام التطابق أو الإشارة موجودًا. لا تستطيع أي مؤسسة قراءة ذلك.
privacy-keep-message = الرسائل والوثائق المقفلة: حتى يستلمها الآخر أو تنتهي موافقتكم.
privacy-keep-sent = أن رسالة أُرسلت: ما دام التطابق موجودًا.
privacy-keep-colleague = بمن يُتّصل في مؤسسة: ما دامت الإشارة موجودة.
privacy-keep-mail = عنوان بريد موظف: حتى ساعة بعد الرسالة. وإذا لم تصل فـ 30 يومًا.
privacy-keep-answers = ما أجبنا به حاسوب مؤسسة: 25 ساعة.
privacy-keep-session = أنكم سجّلتم الدخول: حتى تخرجوا، وساعتين على الأكثر.
privacy-keep-log = سجل من غير أسماء: ما دامت جهة الرقابة تحتاج إليه.
privacy-keep-log-details = ما يخصّ إنسانًا في السجل: حتى يُمحى ما يتعلق به.
privacy-keep-statistics = أعداد من عشرة فأكثر: تبقى. لا يُعرف منها أحد.

## Cookies and rights
privacy-cookie-title = ملفات تعريف الارتباط
privacy-cookie-text = نستعمل فقط ما يلزم منها: لإدخالكم، ولمعرفة اللغة التي اخترتموها. لا نتتبعكم. لا يحمّل هذا الموقع شيئًا من شركات أخرى.
privacy-cookie-address = نستعمل عنوانكم على الإنترنت فقط لإبطاء تخمين الرموز. ولا نحفظه لذلك.
privacy-rights-title = ماذا يحق لكم؟
privacy-rights-withdraw = سحب الموافقة في أي وقت.
privacy-rights-access = الاطّلاع على ما هو محفوظ.
privacy-rights-correct = تصحيح الأخطاء.
privacy-rights-erase = طلب المحو.
privacy-rights-object = الاعتراض على إشارة.
privacy-rights-how = يمكنكم ذلك هنا برسالتكم أو لدى بلديتكم. في البلدية شخص يعتني ببياناتكم: مسؤول حماية البيانات. يمكنكم أن تسألوا عنه.
privacy-rights-authority = ألستم راضين؟ يمكنكم تقديم شكوى إلى { $authority }.
