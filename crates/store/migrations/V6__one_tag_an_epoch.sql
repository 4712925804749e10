-- A submission looks whether a child has another tag in the epoch of one that it would link to the child.

GRANT SELECT (net_epoch, suite, oprf_epoch, tag_epoch) ON subject_tag TO tp_submit;
