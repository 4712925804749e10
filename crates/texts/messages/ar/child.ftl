### What there is about a child: the overview, everything, and the downloads.

## The page about a child, and its downloads

child-title-guardian = طفلكم في Trefpunt
child-title-young = أنت في Trefpunt
child-lead = هنا ما يمكن رؤيته بهذه الرسالة.
child-whole-title-guardian = كل شيء عن طفلكم
child-whole-title-young = كل شيء عنك
child-whole-lead = هنا كل ما يمكن رؤيته الآن.
child-made-at = هكذا كان الوضع في { $moment }.

## What is asked of the reader

child-asked-title = ماذا عليّ أن أفعل الآن؟
child-asked-nothing = لا شيء. لا يوجد سؤال الآن.
child-asked-open = مؤسسة { $who } تطلب موافقة. يمكن الاختيار { $until }.
child-asked-agreed = لا شيء. حُفظت الإجابة بنعم. لم يختر الجميع بعد.
child-asked-given = لا شيء. أُعطيت الموافقة وهي سارية { $until }.
child-to-question = قراءة السؤال والاختيار
child-to-consent = عرض الإجابة أو سحبها
child-to-answer = عرض ما طُلب

## Signals

child-signals-title = مَن المعنيّ؟
child-signals-intro = الإشارة تقول إن مؤسسة ما معنيّة. ولا تقول لماذا.
child-signals-none = لا توجد إشارة هنا.
child-signal-sleeping = تنتظر: لا بد من الموافقة أولًا
child-signal-active = سارية
child-signal-paused = غير سارية الآن: لم تُبلَّغ الأسرة بعد
child-signal-ended = أنهتها المؤسسة
child-signal-expired = انتهت من تلقاء نفسها
child-signal-archived = في الأرشيف

## Matches

child-matches-title = مَن وجد الآخر؟
child-matches-intro = إذا أعطت مؤسستان إشارة عن الطفل نفسه، تُبلَّغ كل منهما بالأخرى. وهذا يسمى تطابقًا.
child-matches-none = لا يوجد تطابق هنا.
child-match = تطابق بتاريخ { $date }
child-match-open = لم يتواصل الجميع بعد
child-match-contact-confirmed = تواصلت المؤسسات
child-match-closed = مغلق
child-outcome-signals-ended = لم تعد هناك إشارات كافية
child-party = { $who }، منذ { $since }
child-party-contact = { $who }، منذ { $since }، تواصل في { $contact }
child-party-left = { $who }، من { $since } إلى { $left }
child-message-unread = { $sent }: من { $from } إلى { $to }. لم تُستلم بعد.
child-message-read = { $sent }: من { $from } إلى { $to }. استُلمت في { $read }.
child-message-gone = { $sent }: من { $from } إلى { $to }. أُتلفت في { $gone } دون أن تُقرأ.

## Consent

child-consents-title = ما الموافقة التي طُلبت؟
child-consents-none = لا يوجد طلب موافقة هنا.
child-consent = طلب بتاريخ { $date }
child-consent-requested = لم يختر الجميع بعد
child-consent-given = أُعطيت
child-consent-refused = لم تُعطَ
child-consent-withdrawn = سُحبت
child-consent-expired = انتهت
child-consent-replaced = حلّت محلها موافقة جديدة
child-consent-superseded = طُلبت من جديد بعد بلوغ 12 أو 16 عامًا
child-purpose-exchange = تبادل المعلومات بين هذه المؤسسات
child-purpose-signal = إشارة من هذه المؤسسة
child-answer-none = لم يُختر بعد
child-answer-agreed = نعم
child-answer-refused = لا

## Who looked

child-viewings-title = مَن اطّلع، ومتى؟
child-viewings-intro = إذا اطّلع أحد من مؤسسة هنا، فإننا ندوّن ذلك.
child-viewings-none = لا يوجد أحد هنا.
child-viewing-match = { $day }: { $who } – اطّلاع على المعنيّين (عدد المرات: { $times }، آخرها { $time })
child-viewing-message = { $day }: { $who } – استلام رسالة أو وثيقة (عدد المرات: { $times }، آخرها { $time })

## What was asked of the municipality

child-rights-title = ماذا طلبتُ من البلدية؟
child-objection = اعتراض بتاريخ { $date }
child-request-access = طلب بتاريخ { $date } لرؤية كل شيء
child-request-erasure = طلب بتاريخ { $date } للمحو
child-objection-open = قيد النظر
child-objection-upheld = قُبل: حُذفت الإشارة
child-objection-rejected = رُفض: تبقى الإشارة
child-objection-withdrawn = سُحب
child-objection-lapsed = لم يعد لازمًا: حُذفت الإشارة
child-request-requested = قيد النظر
child-request-given = قُبل
child-request-partly = قُبل جزئيًا
child-request-refused = رُفض
child-request-withdrawn = سُحب

## Names of facts. Each stands above or before its value, so with a capital

child-fact-state = الوضع الآن
child-fact-given-on = أُعطيت في
child-fact-given-by = أعطتها
child-fact-ends-on = تنتهي في موعد أقصاه
child-fact-ended-on = انتهت في
child-fact-gone-in = يُمحى كل شيء ابتداءً من
child-fact-archived-until = في الأرشيف حتى
child-fact-archive-noticed = أُبلغت به مؤسسة جديدة في
child-fact-informed = إبلاغ الأسرة
child-informed = { $date }، { $how } ({ $language })
child-informed-not = لم يُدوَّن ذلك بعد
child-fact-parties = مَن فيه
child-fact-contact-by = التواصل في موعد أقصاه
child-fact-closed-on = أُغلق في
child-fact-outcome = السبب
child-fact-messages = الرسائل والوثائق
child-fact-asked-by = طلبتها
child-fact-answer-by = مهلة الاختيار
child-fact-purpose = لأجل ماذا
child-fact-between = بين مَن
child-fact-valid = السريان
child-fact-withdrawn-on = سُحبت في
child-fact-my-answer = إجابتي
child-fact-text = النص
child-fact-decision-by = الرد في موعد أقصاه
child-fact-decided-on = تقرّر في

## How and in which language the family was told

child-channel-conversation = في حديث
child-channel-telephone = بالهاتف
child-channel-video-call = في مكالمة فيديو
child-channel-letter = برسالة ورقية
child-channel-message = برسالة إلكترونية
child-language =
    { $language ->
        [ar] العربية
        [bg] البلغارية
        [dse] لغة الإشارة الهولندية
        [en] الإنجليزية
        [fr] الفرنسية
        [fy] الفريزية
        [de] الألمانية
        [ku] الكردية
        [nl] الهولندية
        [pap] البابيامنتو
        [fa] الفارسية
        [pl] البولندية
        [pt] البرتغالية
        [ro] الرومانية
        [ru] الروسية
        [so] الصومالية
        [es] الإسبانية
        [zgh] الأمازيغية
        [ti] التغرينية
        [tr] التركية
        [uk] الأوكرانية
        [zh] الصينية
       *[other] لغة أخرى
    }

## Good to know

child-about-title = معلومات مفيدة
child-about-what = يحفظ Trefpunt أن مؤسسة ما معنيّة. ولا يحفظ السبب.
child-about-purpose = بذلك تجد المؤسسات بعضها وتنسّق مساعدتها.
child-about-source = تأتي البيانات من المؤسسة التي أعطت الإشارة.
child-about-nameless = لا يُحفظ اسم الطفل ولا عنوانه ولا تاريخ ميلاده. ولا رقم خدمة المواطن (BSN).
child-about-receivers = لا يرى البيانات إلا المؤسسات في التطابق. وما تكتبه بعضها لبعض لا يقرؤه إلا المتلقي.
child-about-no-score = لا يقرر حاسوب بشأن طفل. ولا توجد درجات.
child-about-complain = هل هناك خطأ ما؟ يمكن إبلاغ المؤسسة أو { $municipality }. تُقدَّم الشكوى إلى Autoriteit Persoonsgegevens.

## What more can be done

child-more-title = ماذا يمكنني أن أفعل أيضًا؟
child-to-whole = عرض كل شيء
child-to-history = ما فعلتُه هنا
child-to-objection = الاعتراض على إشارة
child-to-rights = طلب البيانات أو محوها
child-to-overview = العودة إلى النظرة العامة
child-download-title = الاحتفاظ بنسخة
child-download-html = حفظ للقراءة (HTML)
child-download-json = حفظ لبرنامج حاسوب (JSON)
child-download-care = من لديه الملف يمكنه قراءته. هل الجهاز لشخص آخر؟ الأفضل عدم الحفظ هنا.

## How to see everything

child-whole-why = بالرسالة لا يُرى إلا جزء. ولرؤية كل شيء يجب التأكد ممّن ينظر.
child-whole-ways-title = كيف يمكنني رؤية كل شيء؟
child-whole-way-desk = في مكتب { $municipality }. المطلوب: الرسالة أو المفتاح، وجواز سفر أو بطاقة هوية.
child-whole-way-request = يمكن طلب رؤية كل شيء من البلدية. يأتي الرد خلال شهر.
