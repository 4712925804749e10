### The question for consent: what is asked, what has become of it, and taking it back. The reader is a parent or guardian
### (keys ending in -guardian: u) or the young person (keys ending in -young: je).

## Both questions
request-title = سؤال عن الموافقة
request-hidden-asker = المؤسسة صاحبة الرسالة
request-purpose = لأي غرض؟
request-how-long = إلى متى تسري؟
request-everyone = هل يجب أن يوافق آخرون أيضًا؟
request-no = ماذا يحدث إذا قلت لا؟
request-choose-guardian = ماذا تختارون؟
request-choose-young = ماذا تختار؟
request-yes = نعم، أوافق
request-no-button = لا، لا أوافق
request-not-sure-guardian = لم تقرروا بعد؟ سجّلوا الخروج إذن. يمكنكم العودة لاحقًا.
request-not-sure-young = لم تقرر بعد؟ سجّل الخروج إذن. يمكنك العودة لاحقًا.
request-version = النص {"\u2066"}{ $version }{"\u2069"}. تاريخ السؤال: { $date }.
request-declares = تختارون أيضًا نيابةً عن الوالد الآخر أو ولي الأمر الآخر
request-declares-what = في هذه المنطقة يجوز لأحد الوالدين أو لولي أمر واحد أن يختار عن الاثنين. هل تقولون نعم؟ فأنتم تصرّحون بأن الوالد الآخر أو ولي الأمر الآخر صاحب السلطة الأبوية موافق.
request-declares-unsure = لستم متأكدين من ذلك؟ تشاوروا أولًا معًا. هل الطرف الآخر غير موافق؟ اختاروا إذن لا.
request-hidden-choices-guardian = هل تختارون مع آخرين؟ لن نخبر أحدًا بما تختارون. ولن تروا أنتم ما يختاره غيركم. هل تختارون وحدكم؟ يظهر إذن من الجواب ما اخترتموه.
request-hidden-choices-young = هل تختار مع آخرين؟ لن نخبر أحدًا بما تختار. ولن ترى أنت ما يختاره غيرك.
request-alone-from-16-young = هل عمرك 16 سنة أو أكثر؟ تختار إذن وحدك. ويظهر من الجواب ما اخترته.
request-no-is-final-guardian = لا يمكنكم هنا تغيير لا إلى نعم بعد ذلك.
request-no-is-final-young = لا يمكنك هنا تغيير لا إلى نعم بعد ذلك.

## May these organisations consult each other (exchange)?
request-exchange-title-guardian = هل يجوز لهذه المؤسسات أن تتشاور بشأن طفلكم؟
request-exchange-title-young = هل يجوز لهذه المؤسسات أن تتشاور بشأنك؟
request-exchange-lead-guardian = تطلب مؤسسة { $asker } موافقتكم. أنتم تختارون: نعم أو لا. يمكنكم الاختيار { $until }. إذا لم تفعلوا شيئًا، فلا توجد موافقة ويبقى كل شيء كما هو.
request-exchange-lead-young = تطلب مؤسسة { $asker } موافقتك. أنت تختار: نعم أو لا. يمكنك الاختيار { $until }. إذا لم تفعل شيئًا، فلا توجد موافقة ويبقى كل شيء كما هو.
request-exchange-who = من يريد أن يتشاور؟
request-exchange-who-what-guardian = أبلغت هذه المؤسسات بأنها معنية بطفلكم. ولا يُذكر في Trefpunt سبب ذلك.
request-exchange-who-what-young = أبلغت هذه المؤسسات بأنها معنية بك. ولا يُذكر في Trefpunt سبب ذلك.
request-exchange-purpose-guardian = تريد المؤسسات أن تنسّق المساعدة فيما بينها. ولهذا تريد كل منها أن تعرف ما تفعله الأخرى. بموافقتكم يجوز لها أن تسأل عن ذلك وتخبر به بعضها بعضًا.
request-exchange-purpose-young = تريد المؤسسات أن تنسّق المساعدة فيما بينها. ولهذا تريد كل منها أن تعرف ما تفعله الأخرى. بموافقتك يجوز لها أن تسأل عن ذلك وتخبر به بعضها بعضًا.
request-exchange-what = ما الذي يُتبادل؟
request-exchange-what-messages-guardian = رسائل ووثائق عن طفلكم. فقط بين الأشخاص الذين يساعدون طفلكم.
request-exchange-what-messages-young = رسائل ووثائق عنك. فقط بين الأشخاص الذين يساعدونك.
request-exchange-what-needed = فقط ما هو ضروري لتنسيق المساعدة.
request-exchange-what-locked = كل رسالة وكل وثيقة مقفلة. لا يقرؤها إلا المؤسسة التي تتلقاها. ولا يستطيع Trefpunt ذلك.
request-exchange-not = ما الذي لا يحدث؟
request-exchange-not-others = لا تستطيع المؤسسات الأخرى قراءة أي شيء.
request-exchange-not-new-guardian = هل تنضم مؤسسة أخرى؟ لا تسري موافقتكم على تلك المؤسسة. يجب أن يسألكم أحد من جديد.
request-exchange-not-new-young = هل تنضم مؤسسة أخرى؟ لا تسري موافقتك على تلك المؤسسة. يجب أن يسألك أحد من جديد.
request-exchange-not-without = بدون موافقة لا تُتبادل عبر Trefpunt أي رسالة أو وثيقة.
request-exchange-lasts-guardian = تسري الموافقة { $lasts }. هل يبلغ طفلكم في هذه المدة 12 أو 16 سنة؟ تنتهي الموافقة إذن في ذلك اليوم.
request-exchange-lasts-young = تسري الموافقة { $lasts }. هل تبلغ في هذه المدة 16 سنة؟ تنتهي الموافقة إذن في ذلك اليوم.
request-exchange-withdraw-guardian = يمكنكم سحب موافقتكم في أي وقت. ولا حاجة لذكر السبب. من تلك اللحظة لا يُتبادل أي شيء.
request-exchange-withdraw-young = يمكنك سحب موافقتك في أي وقت. ولا حاجة لذكر السبب. من تلك اللحظة لا يُتبادل أي شيء.
request-exchange-everyone-guardian = أحيانًا نعم. مثلًا الوالد الآخر، أو طفلكم نفسه ابتداءً من 12 سنة. لا يُتبادل أي شيء إلا إذا وافق الجميع. هل قال أحدهم لا؟ لا توجد إذن موافقة.
request-exchange-everyone-declares = أحيانًا نعم. مثلًا طفلكم نفسه ابتداءً من 12 سنة. لا يُتبادل أي شيء إلا إذا وافق الجميع. هل قال أحدهم لا؟ لا توجد إذن موافقة.
request-exchange-everyone-young = هل عمرك أقل من 16 سنة؟ يجب إذن أن يوافق والداك أو أولياء أمرك أيضًا. لا يُتبادل أي شيء إلا إذا وافق الجميع. هل قال أحدكم لا؟ لا توجد إذن موافقة.
request-exchange-no-nothing = لا شيء.
request-exchange-no-guardian = لا يؤثر قول لا في المساعدة المقدمة لكم أو لطفلكم. ترى المؤسسات فقط أنه لا توجد موافقة. ولا ترى من قال لا، أو لماذا.
request-exchange-no-young = لا يؤثر قول لا في المساعدة المقدمة لك. ترى المؤسسات فقط أنه لا توجد موافقة. ولا ترى من قال لا، أو لماذا.
request-exchange-no-again-guardian =
    بعد قول لا، لا يجوز لأحد أن يسأل مرة أخرى خلال { $count ->
        [one] يوم واحد
        [two] يومين
        [few] { $count } أيام
        [many] { $count } يومًا
       *[other] { $count } يوم
    }. ولا يمكنكم هنا تغيير لا إلى نعم بعد ذلك.
request-exchange-no-again-young =
    بعد قول لا، لا يجوز لأحد أن يسأل مرة أخرى خلال { $count ->
        [one] يوم واحد
        [two] يومين
        [few] { $count } أيام
        [many] { $count } يومًا
       *[other] { $count } يوم
    }. ولا يمكنك هنا تغيير لا إلى نعم بعد ذلك.

## May this organisation say that it is involved (signal)?
request-signal-title-guardian = هل يجوز لمؤسسة { $asker } أن تُعلِم بأنها معنية بطفلكم؟
request-signal-title-young = هل يجوز لمؤسسة { $asker } أن تُعلِم بأنها معنية بك؟
request-signal-lead-guardian = تطلب مؤسسة { $asker } موافقتكم. أنتم تختارون: نعم أو لا. يمكنكم الاختيار { $until }. إذا لم تفعلوا شيئًا، فلا توجد موافقة ونحذف الإشارة.
request-signal-lead-young = تطلب مؤسسة { $asker } موافقتك. أنت تختار: نعم أو لا. يمكنك الاختيار { $until }. إذا لم تفعل شيئًا، فلا توجد موافقة ونحذف الإشارة.
request-signal-heading = ما هي الإشارة؟
request-signal-what-guardian = تريد هذه المؤسسة أن تُعلِم في Trefpunt بأنها معنية بطفلكم. يسمى ذلك إشارة. لا يُذكر في الإشارة السبب. ولا يُذكر فيها أيضًا اسم طفلكم أو عنوانه أو تاريخ ميلاده.
request-signal-what-young = تريد هذه المؤسسة أن تُعلِم في Trefpunt بأنها معنية بك. يسمى ذلك إشارة. لا يُذكر في الإشارة السبب. ولا يُذكر فيها أيضًا اسمك أو عنوانك أو تاريخ ميلادك.
request-signal-waits-guardian = تنتظر الإشارة الآن اختياركم. ولا تلاحظ المؤسسات الأخرى شيئًا من ذلك.
request-signal-waits-young = تنتظر الإشارة الآن اختيارك. ولا تلاحظ المؤسسات الأخرى شيئًا من ذلك.
request-signal-purpose-guardian = أحيانًا تساعد عدة مؤسسات الطفل نفسه. ولا تعرف دائمًا بعضها عن بعض. بالإشارة يمكن أن تجد بعضها بعضًا. ويمكنها حينها أن تنسّق المساعدة.
request-signal-purpose-young = أحيانًا تساعد عدة مؤسسات الشخص نفسه. ولا تعرف دائمًا بعضها عن بعض. بالإشارة يمكن أن تجد بعضها بعضًا. ويمكنها حينها أن تنسّق المساعدة.
request-signal-yes = ماذا يحدث إذا قلت نعم؟
request-signal-yes-counts = تصبح الإشارة سارية.
request-signal-yes-match-guardian = هل تعطي مؤسسة أخرى أيضًا إشارة عن طفلكم؟ تعلم المؤسسات إذن بذلك.
request-signal-yes-match-young = هل تعطي مؤسسة أخرى أيضًا إشارة عنك؟ تعلم المؤسسات إذن بذلك.
request-signal-yes-asked-again-guardian = هل تريد بعد ذلك تبادل رسائل أو وثائق عن طفلكم؟ تطلب إذن موافقتكم أولًا من جديد.
request-signal-yes-asked-again-young = هل تريد بعد ذلك تبادل رسائل أو وثائق عنك؟ تطلب إذن موافقتك أولًا من جديد.
request-signal-lasts-guardian = تسري الموافقة { $lasts } على الأكثر. هل يبلغ طفلكم في هذه المدة 12 أو 16 سنة؟ تنتهي الموافقة إذن في ذلك اليوم. هل تنتهي الموافقة؟ تنتهي معها الإشارة أيضًا.
request-signal-lasts-young = تسري الموافقة { $lasts } على الأكثر. هل تبلغ في هذه المدة 16 سنة؟ تنتهي الموافقة إذن في ذلك اليوم. هل تنتهي الموافقة؟ تنتهي معها الإشارة أيضًا.
request-signal-withdraw-guardian = يمكنكم سحب موافقتكم في أي وقت. ولا حاجة لذكر السبب. نحذف الإشارة إذن.
request-signal-withdraw-young = يمكنك سحب موافقتك في أي وقت. ولا حاجة لذكر السبب. نحذف الإشارة إذن.
request-signal-everyone-guardian = أحيانًا نعم. مثلًا الوالد الآخر، أو طفلكم نفسه ابتداءً من 12 سنة. لا تسري الإشارة إلا إذا وافق الجميع. هل قال أحدهم لا؟ نحذف الإشارة إذن.
request-signal-everyone-declares = أحيانًا نعم. مثلًا طفلكم نفسه ابتداءً من 12 سنة. لا تسري الإشارة إلا إذا وافق الجميع. هل قال أحدهم لا؟ نحذف الإشارة إذن.
request-signal-everyone-young = هل عمرك أقل من 16 سنة؟ يجب إذن أن يوافق والداك أو أولياء أمرك أيضًا. لا تسري الإشارة إلا إذا وافق الجميع. هل قال أحدكم لا؟ نحذف الإشارة إذن.
request-signal-no-nothing-guardian = لا يؤثر قول لا في المساعدة المقدمة لكم أو لطفلكم.
request-signal-no-nothing-young = لا يؤثر قول لا في المساعدة المقدمة لك.
request-signal-no = نحذف الإشارة. ترى مؤسسة { $asker } فقط أن الإشارة حُذفت. ولا ترى من قال لا، أو لماذا.

## What has become of it
request-state-agreed-guardian = لقد قلتم نعم
request-state-agreed-young = لقد قلت نعم
request-state-given = أُعطيت الموافقة
request-state-refused-guardian = لقد قلتم لا
request-state-refused-young = لقد قلت لا
request-state-not-given = لم تُعطَ الموافقة
request-state-withdrawn = سُحبت الموافقة
request-state-over = انتهى هذا السؤال
request-agreed-exchange-guardian = أعطيتم موافقتكم في { $date }. لم يختر الجميع بعد. لا يُتبادل أي شيء الآن.
request-agreed-exchange-young = أعطيت موافقتك في { $date }. لم يختر الجميع بعد. لا يُتبادل أي شيء الآن.
request-agreed-signal-guardian = أعطيتم موافقتكم في { $date }. لم يختر الجميع بعد. الإشارة غير سارية الآن.
request-agreed-signal-young = أعطيت موافقتك في { $date }. لم يختر الجميع بعد. الإشارة غير سارية الآن.
request-agreed-back-guardian = هل غيّرتم رأيكم؟ يمكنكم التراجع عن نعم.
request-agreed-back-young = لا تريد ذلك في النهاية؟ يمكنك التراجع عن نعم.
request-take-back = التراجع عن نعم
request-given-exchange = أُعطيت الموافقة في { $date }. تسري الموافقة { $until }. يجوز الآن للمؤسسات المذكورة في هذه الصفحة أن تتبادل الرسائل والوثائق.
request-given-signal = أُعطيت الموافقة في { $date }. تسري الموافقة { $until }. الإشارة سارية الآن.
request-given-back-exchange-guardian = هل غيّرتم رأيكم؟ يمكنكم سحب الموافقة في أي وقت. بعد ذلك لا يُتبادل أي شيء.
request-given-back-exchange-young = لا تريد ذلك في النهاية؟ يمكنك سحب الموافقة في أي وقت. بعد ذلك لا يُتبادل أي شيء.
request-given-back-signal-guardian = هل غيّرتم رأيكم؟ يمكنكم سحب الموافقة في أي وقت. نحذف الإشارة إذن.
request-given-back-signal-young = لا تريد ذلك في النهاية؟ يمكنك سحب الموافقة في أي وقت. نحذف الإشارة إذن.
request-withdraw = سحب الموافقة
request-refused-guardian = حُفظ اختياركم. ترى المؤسسات فقط أنه لا توجد موافقة. ولا ترى من قال لا، أو لماذا.
request-refused-young = حُفظ اختيارك. ترى المؤسسات فقط أنه لا توجد موافقة. ولا ترى من قال لا، أو لماذا.
request-refused-signal-guardian = حُفظ اختياركم.
request-refused-signal-young = حُفظ اختيارك.
request-not-everyone = لم يعطِ الجميع موافقتهم.
request-not-given-exchange-guardian = لا يُتبادل أي شيء. لا يؤثر ذلك في المساعدة المقدمة لكم أو لطفلكم. لا حاجة لأن تفعلوا شيئًا.
request-not-given-exchange-young = لا يُتبادل أي شيء. لا يؤثر ذلك في المساعدة المقدمة لك. لا حاجة لأن تفعل شيئًا.
request-not-given-signal-guardian = نحذف الإشارة. لا يؤثر ذلك في المساعدة المقدمة لكم أو لطفلكم. لا حاجة لأن تفعلوا شيئًا.
request-not-given-signal-young = نحذف الإشارة. لا يؤثر ذلك في المساعدة المقدمة لك. لا حاجة لأن تفعل شيئًا.
request-withdrawn-exchange = سُحبت الموافقة في { $date }. لا يُتبادل أي شيء بعد الآن.
request-withdrawn-left = الرسائل والوثائق التي لم تُستلم بعد حُذفت. أما ما قرأته مؤسسة من قبل فلا تزال تعرفه.
request-withdrawn-signal = سُحبت الموافقة في { $date }. نحذف الإشارة.
request-over-exchange-guardian = لم يعد بإمكانكم الاختيار هنا. انتهى الوقت، أو حل محله سؤال جديد. لم تعد هذه الموافقة سارية.
request-over-exchange-young = لم يعد بإمكانك الاختيار هنا. انتهى الوقت، أو حل محله سؤال جديد. لم تعد هذه الموافقة سارية.
request-over-signal-guardian = لم يعد بإمكانكم الاختيار هنا. انتهى الوقت، أو انتهت الإشارة.
request-over-signal-young = لم يعد بإمكانك الاختيار هنا. انتهى الوقت، أو انتهت الإشارة.
request-about = موضوع السؤال
request-about-exchange = طلبت مؤسسة { $asker } الموافقة في { $date }. يتعلق الأمر بهذه المؤسسات:
request-about-signal = طلبت مؤسسة { $asker } في { $date } الموافقة على إشارة. تقول الإشارة إن مؤسسة ما معنية، ولا تقول لماذا. يتعلق الأمر بهذه المؤسسة:
request-recorded-guardian =
    لم تختاروا هذا هنا. دوّنت مؤسسة { $who } { $form ->
        [written] ما كتبتموه على الورق
       *[said] ما قلتموه
    } في { $date }.
request-recorded-young =
    لم تختر هذا هنا. دوّنت مؤسسة { $who } { $form ->
        [written] ما كتبته على الورق
       *[said] ما قلته
    } في { $date }.
request-recorded-masked-guardian =
    لم تختاروا هذا هنا. دوّنت مؤسسة أخرى { $form ->
        [written] ما كتبتموه على الورق
       *[said] ما قلتموه
    } في { $date }.
request-recorded-masked-young =
    لم تختر هذا هنا. دوّنت مؤسسة أخرى { $form ->
        [written] ما كتبته على الورق
       *[said] ما قلته
    } في { $date }.
request-recorded-wrong-guardian = أهذا غير صحيح؟ تراجعوا عنه إذن أدناه.
request-recorded-wrong-young = أهذا غير صحيح؟ تراجع عنه إذن أدناه.
request-signal-gone-title = حُذفت الإشارة
request-signal-gone-lead = تلقينا اختياركم وحذفنا الإشارة.
request-signal-gone-no-effect = لا يؤثر ذلك في المساعدة المقدمة لكم أو لطفلكم. لا حاجة لأن تفعلوا شيئًا.
request-signal-gone-left = حُذف السؤال أيضًا. لذلك لا يمكنكم العودة إلى هنا. يُذكر في سجل فقط أن هذا حدث، دون أسماء.

## Taking it back: the last question before
request-take-back-title = التراجع عن نعم
request-withdraw-sure-guardian = هل تريدون سحب الموافقة؟
request-withdraw-sure-young = هل تريد سحب الموافقة؟
request-take-back-sure-guardian = هل تريدون التراجع عن نعم؟
request-take-back-sure-young = هل تريد التراجع عن نعم؟
request-withdraw-signal-gone = نحذف الإشارة فورًا. ترى مؤسسة { $asker } فقط أنها حُذفت. ولا ترى من فعل ذلك، أو لماذا.
request-withdraw-signal-others = هل كانت مؤسسات أخرى تعلم بالإشارة؟ ترى إذن أن مؤسسة { $asker } لم تعد تشارك. أما ما تعرفه من قبل فلا تزال تعرفه.
request-withdraw-signal-no-effect-guardian = لا يؤثر ذلك في المساعدة المقدمة لكم أو لطفلكم. لا يمكنكم التراجع عن ذلك هنا.
request-withdraw-signal-no-effect-young = لا يؤثر ذلك في المساعدة المقدمة لك. لا يمكنك التراجع عن ذلك هنا.
request-withdraw-stops = لا تستطيع المؤسسات فورًا إرسال رسائل ووثائق بعضها إلى بعض عبر Trefpunt. ولا تستطيع استلامها أيضًا.
request-withdraw-unfetched = نحذف الرسائل والوثائق التي لم تُستلم بعد.
request-withdraw-read = ما قرأته مؤسسة من قبل لا تزال تعرفه.
request-withdraw-seen = ترى المؤسسات أن الموافقة سُحبت. ولا ترى من سحبها، أو لماذا.
request-withdraw-no-effect-guardian = لا يؤثر السحب في المساعدة المقدمة لكم أو لطفلكم.
request-withdraw-no-effect-young = لا يؤثر السحب في المساعدة المقدمة لك.
request-take-back-becomes-no = يصبح الجواب لا. ولا يُتبادل أي شيء.
request-take-back-seen = ترى المؤسسات فقط أنه لا توجد موافقة. ولا ترى من قال لا، أو لماذا.
request-back = رجوع دون أي تغيير

## Who looked
request-looked = من الذي اطّلع؟
request-looked-every-guardian = في كل مرة تطّلع فيها إحدى هذه المؤسسات ندوّن ذلك. وترونه هنا.
request-looked-every-young = في كل مرة تطّلع فيها إحدى هذه المؤسسات ندوّن ذلك. وتراه هنا.
request-looked-message =
    { $date }: { $who } — استلام رسالة أو وثيقة{ $times ->
        [1] { "" }
        [two] { " " }(مرتين)
        [few] { " " }({ $times } مرات)
       *[other] { " " }({ $times } مرة)
    }
request-looked-match =
    { $date }: { $who } — اطّلاع على المؤسسات المعنية{ $times ->
        [1] { "" }
        [two] { " " }(مرتين)
        [few] { " " }({ $times } مرات)
       *[other] { " " }({ $times } مرة)
    }
