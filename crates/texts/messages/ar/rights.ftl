### The pages on which a family objects to a signal, asks to see what is kept or to have it erased, and follows what became of
### that.

## On the page of a question or of a child: where the rights are
rights-title = حقوقكم
rights-title-young = حقوقك
rights-who = المسؤول عن حقوقكم: { $municipality }. هل لديكم سؤال أو شكوى؟ يمكنكم التوجّه إلى هناك.
rights-who-young = المسؤول عن حقوقك: { $municipality }. هل لديك سؤال أو شكوى؟ يمكنك التوجّه إلى هناك.
rights-explain = ألا تفهمون السؤال؟ اطلبوا الشرح من { $organisation }.
rights-explain-young = ألا تفهم السؤال؟ اطلب الشرح من { $organisation }.
rights-to-objection = الاعتراض على إشارة
rights-to-requests = طلب الاطّلاع على البيانات أو محوها

## Page: objection
rights-objection-title = اعتراض على إشارة
rights-objection-lead = هل ترون أن إشارة ما يجب أن تُزال؟ يمكنكم إذن الاعتراض. الاعتراض مجاني، ولا يؤثر في المساعدة التي تحصلون عليها.
rights-objection-steps = ماذا يحدث بعد ذلك؟
rights-objection-step-municipality = يُرسل اعتراضكم إلى { $municipality }.
rights-objection-step-advice =
    { $weeks ->
        [one] تقدّم المؤسسة صاحبة الإشارة رأيها خلال أسبوع ({ $weeks }).
        [two] تقدّم المؤسسة صاحبة الإشارة رأيها خلال أسبوعين ({ $weeks }).
        [few] تقدّم المؤسسة صاحبة الإشارة رأيها خلال { $weeks } أسابيع.
       *[other] تقدّم المؤسسة صاحبة الإشارة رأيها خلال { $weeks } أسبوعًا.
    } لا نخبرها بمن اعترض.
rights-objection-step-decision =
    { $weeks ->
        [one] تقرّر البلدية خلال أسبوع ({ $weeks }).
        [two] تقرّر البلدية خلال أسبوعين ({ $weeks }).
        [few] تقرّر البلدية خلال { $weeks } أسابيع.
       *[other] تقرّر البلدية خلال { $weeks } أسبوعًا.
    } وتقرؤون الجواب هنا.
rights-objection-step-upheld = هل وافقتكم البلدية؟ عندئذ نمحو الإشارة، ويُبلَّغ بذلك من رآها. ولا تعود رسالتكم عن تلك الإشارة صالحة.
rights-objection-step-meanwhile = حتى ذلك الحين تبقى الإشارة.
rights-objection-reason = لا يلزمكم ذكر السبب هنا. هل تريدون ذكره؟ أخبروا البلدية به.
rights-objection-which = على أي إشارة تعترضون؟
rights-objection-signal = إشارة من { $organisation }، بتاريخ { $date }
rights-objection-button = تقديم الاعتراض
rights-objection-none = لا توجد الآن إشارة يمكنكم الاعتراض عليها.
rights-objection-choose = اختاروا إشارة
rights-objections = اعتراضاتكم
rights-objection-of = اعتراض على إشارة من { $organisation }

## What became of an objection
rights-state-open = قيد النظر
rights-state-upheld = القرار لصالحكم
rights-state-rejected = القرار ليس لصالحكم
rights-state-withdrawn = مسحوب
rights-state-lapsed = لم يعد لازمًا
rights-made = { $date }: قدّمتم الاعتراض.
rights-made-at-desk = { $date }: قدّمتم الاعتراض لدى البلدية.
rights-advice-due = يمكن للمؤسسة أن تقدّم رأيها حتى { $date }، وهذا اليوم مشمول.
rights-advice-late = كان أمام المؤسسة حتى { $date } ولم تقدّم رأيها. يمكن للبلدية الآن أن تقرّر بدونه.
rights-advice-end = { $date }: ترى المؤسسة أن الإشارة يمكن أن تُزال.
rights-advice-keep = { $date }: ترى المؤسسة أن الإشارة يجب أن تبقى.
rights-advice-none = { $date }: تترك المؤسسة القرار للبلدية.
rights-decision-due = موعد قرار { $municipality }: قبل نهاية يوم { $date }.
rights-decision-late = كان يجب صدور قرار { $municipality } قبل نهاية يوم { $date }. يمكنكم الاتصال بالبلدية والسؤال عنه.
rights-upheld = { $date }: وافقتكم { $municipality }. أُزيلت الإشارة.
rights-rejected = { $date }: لم توافقكم { $municipality }. تبقى الإشارة.
rights-withdrawn = { $date }: سحبتم اعتراضكم.
rights-lapsed = أُزيلت الإشارة من قبل. لم يعد على البلدية أن تقرّر.
rights-reasons = السبب:
rights-reason-no-ground = لم يكن هناك سبب وجيه للإشارة.
rights-reason-ground-gone = لم يعد سبب الإشارة قائمًا.
rights-reason-not-informed = لم تُبلَّغوا بالإشارة، أو بُلّغتم متأخرين.
rights-reason-family-interests = ما تريدونه أهم من الإشارة.
rights-reason-ground-stands = ما زال سبب الإشارة قائمًا.
rights-reason-child-interests = الأفضل للطفل أن تبقى الإشارة.
rights-reason-not-entitled = لا يحق لكم الاعتراض باسم هذا الطفل.
rights-reason-repeated = سبق أن صدر قرار في هذا الاعتراض ولم يتغيّر شيء.
rights-objection-withdraw = سحب الاعتراض
rights-objection-withdraw-explain = إذا سحبتموه فلن تقرّر البلدية. يمكنكم الاعتراض مرة أخرى لاحقًا.

## Way of appeal
rights-appeal = ألا توافقون على القرار؟
rights-appeal-municipality = يمكنكم الاعتراض على القرار لدى { $municipality } حتى { $date }، وهذا اليوم مشمول. تشرح رسالة البلدية كيف.
rights-appeal-court = ألا توافقون بعد ذلك أيضًا؟ يمكنكم اللجوء إلى المحكمة.
rights-appeal-authority = يمكنكم دائمًا أيضًا تقديم شكوى إلى { $authority }.
rights-authority = هيئة حماية البيانات الهولندية (Autoriteit Persoonsgegevens)

## Page: access and erasure
rights-lead = من حقكم أن تعرفوا ما هو محفوظ. ويمكنكم أن تطلبوا محوه. هذا مجاني.
rights-access-title = الاطّلاع على ما هو محفوظ
rights-access-text = تحصلون على عرض لكل الإشارات وحالات التطابق، وفيه أيضًا من اطّلع ومتى.
rights-access-limits = أحيانًا لا يجوز إظهار شيء بعد، لأن طفلًا قد يتعرّض للخطر. لا نقول ذلك لأحد.
rights-access-button = طلب الاطّلاع
rights-erasure-title = طلب محو البيانات
rights-erasure-text = هل قالت البلدية نعم؟ عندئذ تنتهي كل موافقة منحتموها. ويُمحى ما أُرسل بناءً عليها ولم يُقرأ بعد. وتُمحى أيضًا الإشارات التي لم تُعطَ إلا بموافقتكم.
rights-erasure-limits = تبقى الإشارات الأخرى. يمكنكم الاعتراض عليها.
rights-erasure-button = طلب المحو
rights-correct-title = هل هناك خطأ؟
rights-correct-text = أخبروا المؤسسة صاحبة الإشارة أو البلدية. عليهما تصحيح الأخطاء.
rights-term =
    موعد جواب { $municipality }: { $months ->
        [one] خلال شهر
        [two] خلال شهرين
        [few] خلال { $months } أشهر
       *[other] خلال { $months } شهرًا
    }. أحيانًا يلزم وقت أطول: { $more ->
        [one] شهر إضافي
        [two] شهران إضافيان
        [few] { $more } أشهر إضافية
       *[other] { $more } شهرًا إضافيًا
    } على الأكثر. وتُبلَّغون بذلك.
rights-nothing-to-ask = لا يوجد الآن ما يمكنكم طلبه. لا توجد إشارة تخصّ رسالتكم.
rights-asked-already = لقد طلبتم ذلك. ترون أعلاه إلى أين وصل.
rights-requests = ما طلبتموه
rights-request-access = الاطّلاع
rights-request-erasure = محو البيانات
rights-state-given = قالت البلدية نعم
rights-state-partly = قالت البلدية نعم جزئيًا
rights-state-refused = قالت البلدية لا
rights-asked = { $date }: طلبتم ذلك.
rights-asked-at-desk = { $date }: طلبتم ذلك لدى البلدية.
rights-extended = { $date }: تحتاج البلدية إلى وقت أطول.
rights-answer-due = موعد جواب { $municipality }: قبل نهاية يوم { $date }.
rights-answer-late = كان يجب أن يصل جواب { $municipality } قبل نهاية يوم { $date }. يمكنكم الاتصال بالبلدية والسؤال عنه.
rights-access-given = { $date }: قالت { $municipality } نعم. يمكنكم رؤية العرض.
rights-erasure-given = { $date }: قالت { $municipality } نعم. مُحي كل ما يمكن محوه.
rights-erasure-partly = { $date }: قالت { $municipality } نعم جزئيًا. مُحي ما كان يحتاج إلى موافقتكم. تبقى الإشارات الأخرى.
rights-refused = { $date }: قالت { $municipality } لا.
rights-request-withdrawn = { $date }: سحبتم طلبكم.
rights-refusal-not-entitled = لا يحق لكم طلب ذلك لهذا الطفل، أو ليس مؤكدًا من أنتم.
rights-refusal-unfounded = لا يوجد سبب وجيه لطلبكم، أو تطلبون الشيء نفسه كثيرًا.
rights-refusal-rights-of-others = قد يضرّ ذلك بالطفل أو بشخص آخر.
rights-refusal-public-task = يفرض القانون حفظ كل ما هو موجود. لكن يمكنكم الاعتراض على إشارة.
rights-refusal-legal-claim = البيانات لازمة لقضية أمام المحكمة.
rights-request-withdraw = سحب الطلب
rights-request-withdraw-explain = إذا سحبتموه فلن يصلكم جواب. يمكنكم الطلب مرة أخرى لاحقًا.

## The file that access gives
rights-file-until = يمكنكم رؤية العرض حتى { $date }، وهذا اليوم مشمول.
rights-file-link = إلى العرض
rights-file-not-sure = في العرض كل شيء. لذلك يجب التأكد من هويتكم. سجّلوا الدخول، أو اذهبوا برسالتكم إلى مكتب البلدية، فهناك تحصلون عليه أيضًا.
rights-file-over = كان يمكنكم رؤية العرض حتى { $date }. يمكنكم طلبه مرة أخرى.
rights-file-lead = هذا ما هو محفوظ الآن. لا نحتفظ بنسخة من هذا العرض.
rights-file-none-title = لا يوجد عرض
rights-file-none-text = اطلبوا الاطّلاع أولًا. إذا قالت البلدية نعم فسترون العرض هنا.
rights-file-back = العودة إلى حقوقكم
rights-file-download-html = الحفظ كصفحة
rights-file-download-json = الحفظ لبرنامج حاسوب (JSON)
