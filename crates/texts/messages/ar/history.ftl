### What the reader did here, and the texts they read then.

## What the reader did

history-title = ما فعلتُه هنا
history-lead = هنا الخطوات الشخصية فقط. ما اختاره شخص آخر لا يُرى.
history-none = لا يوجد شيء هنا بعد.
history-opened = دخلتُ هنا لأول مرة.
history-agreed = قلتُ نعم.
history-refused = قلتُ لا.
history-withdrawn = سحبتُ الموافقة.
history-objected = اعترضتُ.
history-objection-withdrawn = سحبتُ الاعتراض.
history-access-asked = طلبتُ رؤية كل شيء.
history-erasure-asked = طلبتُ محو بيانات.
history-request-withdrawn = سحبتُ الطلب.
history-how-oral = قلتُ ذلك لموظف فدوّنه.
history-how-written = كتبتُ ذلك على ورق ونقله موظف.
history-how-assisted = كان ذلك في مكتب البلدية.
history-read-text = قراءة النص كما كان: الإصدار { $version }

## The text as it was

history-text-title = النص كما كان
history-text-what = هذا هو الإصدار { $version }. اللغة: { $language }.
history-text-blanks = حيث توجد العلامة … كان اسم أو يوم.
history-back = العودة إلى ما فعلتُه هنا
