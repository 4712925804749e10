### Logging in with DigiD or another service ($name), beside the letter. Nobody has to; it is asked for only to see everything about a child.

## Before logging in
login-title = تسجيل الدخول بواسطة { $name }
login-lead-guardian = بواسطة { $name } تُثبتون من أنتم.
login-lead-young = بواسطة { $name } تُثبت من أنت.
login-why-guardian = لا ترون كل ما يخص طفلكم إلا بعد تسجيل الدخول.
login-why-young = لا ترى كل ما يخصك إلا بعد تسجيل الدخول.
login-voluntary-guardian = لا يلزم تسجيل الدخول لأي شيء آخر. يمكنكم أيضًا أن تقولوا نعم أو لا دون تسجيل الدخول.
login-voluntary-young = لا يلزم تسجيل الدخول لأي شيء آخر. يمكنك أيضًا أن تقول نعم أو لا دون تسجيل الدخول.
login-asked = ماذا نرى نحن؟
login-asked-guardian = لا نسأل عن اسمكم ولا عن رقم خدمة المواطن (BSN). نحصل على رمز لا يصلح إلا عندنا. بهذا نرى أنكم أنتم أنفسكم من جديد.
login-asked-young = لا نسأل عن اسمك ولا عن رقم خدمة المواطن (BSN). نحصل على رمز لا يصلح إلا عندنا. بهذا نرى أنك أنت نفسك من جديد.

## On the way there and back
login-there = إلى { $name }
login-there-text = ألا يحدث شيء؟ اختاروا الزر إذًا.
login-there-button = المتابعة إلى { $name }
login-back = عدتم إلى Trefpunt
login-back-text = اختاروا «متابعة». ستقرؤون هناك هل نجح تسجيل الدخول.
login-back-button = متابعة

## Afterwards
login-done-guardian = لقد سجّلتم الدخول
login-done-young = لقد سجّلت الدخول
login-done-text-guardian = لقد سجّلتم الدخول بواسطة { $name }. هل انتهيتم؟ اختاروا «تسجيل الخروج».
login-done-text-young = لقد سجّلت الدخول بواسطة { $name }. هل انتهيت؟ اختر «تسجيل الخروج».
login-everything-guardian = كل ما يخص طفلكم
login-everything-young = كل ما يخصك
login-to-signal = إلى الإشارة

## When it did not work
login-failed = لم ينجح تسجيل الدخول
login-failed-text = لم يتغير شيء. حاولوا مرة أخرى، أو تابعوا دون تسجيل الدخول.
login-again = تسجيل الدخول مرة أخرى
login-another = سجّل شخص آخر الدخول من قبل
login-another-text = سجّل شخص آخر الدخول بهذه الرسالة من قبل. لذلك لا يمكن ذلك الآن. هل هذا غير صحيح؟ اتصلوا بالبلدية إذًا.
login-later = لا يمكن تسجيل الدخول الآن
login-later-text = خدمة تسجيل الدخول لا تجيب. حاولوا مرة أخرى لاحقًا، أو تابعوا دون تسجيل الدخول.
