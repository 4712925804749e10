-- Undoes V6.
REVOKE SELECT (net_epoch, suite, oprf_epoch, tag_epoch) ON subject_tag FROM tp_submit;
