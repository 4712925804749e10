### What stands on every page: its frame, dates, names of organisations, and what is said when something does not work.

## Frame of each page
common-skip = انتقل إلى المحتوى
common-more-information = معلومات إضافية
common-languages = اختر لغة
common-menu = القائمة
common-menu-request = السؤال
common-menu-child = نظرة عامة
common-menu-history = السجل
common-menu-objection = الاعتراض
common-menu-rights = الحقوق
common-help = المساعدة
common-privacy = الخصوصية
common-accessibility = سهولة الاستخدام للجميع
common-leave = تسجيل الخروج
common-to-start = إلى البداية
common-to-request = إلى السؤال الموجّه إليكم
common-error-mark = خطأ:
common-error-title = لم ينجح ذلك

## Names of organisations
common-another-organisation = مؤسسة أخرى
common-name-hidden = أحيانًا لا يُسمح لنا بإظهار اسم مؤسسة.
common-sector-youth-help = مساعدة الأطفال والشباب
common-sector-youth-health-care = الرعاية الصحية للأطفال والشباب
common-sector-health-care = الرعاية الصحية
common-sector-education = التعليم
common-sector-childcare = حضانة الأطفال
common-sector-social-support = الدعم الاجتماعي
common-sector-work-and-income = العمل والدخل
common-sector-police-and-justice = الشرطة والعدالة

## Dates and spans
# The mark (U+200F) tells whoever sets the date inside a sentence that it goes from right to left.
common-date =
    {"\u200F"}{ $day } { $month ->
        [1] كانون الثاني/يناير
        [2] شباط/فبراير
        [3] آذار/مارس
        [4] نيسان/أبريل
        [5] أيار/مايو
        [6] حزيران/يونيو
        [7] تموز/يوليو
        [8] آب/أغسطس
        [9] أيلول/سبتمبر
        [10] تشرين الأول/أكتوبر
        [11] تشرين الثاني/نوفمبر
       *[12] كانون الأول/ديسمبر
    } { $year }
common-month =
    { $month ->
        [1] كانون الثاني/يناير
        [2] شباط/فبراير
        [3] آذار/مارس
        [4] نيسان/أبريل
        [5] أيار/مايو
        [6] حزيران/يونيو
        [7] تموز/يوليو
        [8] آب/أغسطس
        [9] أيلول/سبتمبر
        [10] تشرين الأول/أكتوبر
        [11] تشرين الثاني/نوفمبر
       *[12] كانون الأول/ديسمبر
    } { $year }
common-moment = { $date }، الساعة {"\u2066"}{ $hour }:{ $minute }{"\u2069"}
common-until-day = حتى نهاية يوم { $date }
common-until-moment = حتى { $date }، الساعة {"\u2066"}{ $hour }:{ $minute }{"\u2069"}
common-days =
    { $count ->
        [one] يومًا واحدًا
        [two] يومين
        [few] { $count } أيام
        [many] { $count } يومًا
       *[other] { $count } يوم
    }
common-one-year = سنة واحدة (365 يومًا)
common-two-years = سنتين (730 يومًا)

## After leaving
common-left-title = لقد سجّلتم الخروج
common-left-lead = ما اخترتموه محفوظ.
common-left-back = يمكنكم العودة لاحقًا. ويمكنكم حينها أيضًا سحب الموافقة.
common-left-shared = هل هذا الهاتف أو الحاسوب ليس لكم؟ أغلقوا إذن هذه النافذة أيضًا.

## When something does not work
common-nothing-saved = لم نحفظ أي شيء.
common-outside-title = ادخلوا أولًا
common-outside-text = أنتم غير مسجّلين الدخول، أو غبتم مدة طويلة.
common-not-entitled-title = لم يعد بإمكانكم الدخول هنا
common-not-entitled-text = لم يعد يجوز لكم رؤية هذه البيانات أو تغييرها.
common-not-entitled-why = قد يكون السبب أن الشاب أو الشابة بلغ 16 سنة. أو أن البلدية أوقفت وصولكم.
common-not-entitled-what = هل لديكم أسئلة؟ اذهبوا إلى مكتب بلديتكم.
common-decided-title = لم يعد ذلك ممكنًا
common-decided-text = ترون في صفحة السؤال كيف هو الوضع الآن.
common-foreign-form-title = لم يعد هذا النموذج صالحًا
common-foreign-form-why = ربما بقيت الصفحة مفتوحة مدة طويلة. أو أن الصفحة لم تكن من Trefpunt.
common-foreign-form-what = عودوا إلى السؤال واختاروا هناك من جديد.
common-unreadable-form-title = لا نستطيع قراءة هذا النموذج
common-unreadable-form-what = عودوا إلى الوراء وحاولوا مرة أخرى.
common-no-choice-title = لم تختاروا بعد
common-no-choice-what = عودوا إلى السؤال واختاروا نعم أو لا.
common-too-fast-title = انتظروا قليلًا
common-too-fast-why = أُدخلت رموز كثيرة في وقت قصير.
common-too-fast-what = انتظروا دقيقة ثم حاولوا مرة أخرى. يبقى رمزكم صالحًا.
common-not-found-title = هذه الصفحة غير موجودة
common-not-found-what = تأكدوا من صحة العنوان. أو ابدؤوا من جديد.
common-not-allowed-title = هذه الصفحة لا تعمل بهذه الطريقة
common-not-allowed-what = ابدؤوا من جديد.
common-later-title = لا يعمل ذلك الآن
common-later-why = هناك عطل. ليس ذلك بسببكم.
common-later-what = حاولوا مرة أخرى بعد بضع دقائق. يبقى رمزكم صالحًا.
common-later-chosen = هل اخترتم شيئًا للتو؟ تأكدوا لاحقًا من حفظ اختياركم. لا ضرر من الاختيار مرتين.
