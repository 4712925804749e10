### What stands on every page: its frame, dates, names of organisations, and what is said when something does not work.

## Frame of each page
common-skip = Skip to the content
common-more-information = More information
common-languages = Choose a language
common-menu = Menu
common-menu-request = The question
common-menu-child = Overview
common-menu-history = History
common-menu-objection = Objection
common-menu-rights = Rights
common-help = Help
common-privacy = Privacy
common-accessibility = Accessibility
common-leave = Log out
common-to-start = To the start
common-to-request = To your question
common-error-mark = Error:
common-error-title = This does not work

## Names of organisations
common-another-organisation = another organisation
common-name-hidden = Sometimes we are not allowed to show the name of an organisation.
common-sector-youth-help = youth help
common-sector-youth-health-care = youth health care
common-sector-health-care = health care
common-sector-education = education
common-sector-childcare = childcare
common-sector-social-support = social support
common-sector-work-and-income = work and income
common-sector-police-and-justice = police and justice

## Dates and spans
common-date =
    { $day } { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    } { $year }
common-month =
    { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    } { $year }
common-moment = { $date } at { $hour }:{ $minute }
common-until-day = until the end of { $date }
common-until-moment = until { $date } at { $hour }:{ $minute }
common-days =
    { $count ->
        [one] 1 day
       *[other] { $count } days
    }
common-one-year = 1 year (365 days)
common-two-years = 2 years (730 days)

## After leaving
common-left-title = You are logged out
common-left-lead = What you have chosen is saved.
common-left-back = You can come back later. Then you can also withdraw a consent.
common-left-shared = Is this not your own phone or computer? Then close this window too.

## When something does not work
common-nothing-saved = We have saved nothing.
common-outside-title = Enter first
common-outside-text = You are not logged in, or you were away too long.
common-not-entitled-title = You can no longer enter here
common-not-entitled-text = You may no longer see or change these data.
common-not-entitled-why = That may be because the young person has become 16. Or because the municipality has stopped your access.
common-not-entitled-what = Do you have questions? Go to the desk of your municipality.
common-decided-title = This is no longer possible
common-decided-text = The page of your question shows how it is now.
common-foreign-form-title = This form no longer fits
common-foreign-form-why = Perhaps the page was open too long. Or the page did not come from Trefpunt.
common-foreign-form-what = Go back to your question and choose again there.
common-unreadable-form-title = We cannot read this form
common-unreadable-form-what = Go back and try again.
common-no-choice-title = You have not chosen yet
common-no-choice-what = Go back to your question and choose yes or no.
common-too-fast-title = Please wait a moment
common-too-fast-why = Many codes were entered within a short time.
common-too-fast-what = Wait a minute and then try again. Your code keeps working.
common-not-found-title = This page does not exist
common-not-found-what = Check that the address is right. Or start again.
common-not-allowed-title = This page does not work that way
common-not-allowed-what = Start again.
common-later-title = It does not work right now
common-later-why = There is a disruption. It is not your fault.
common-later-what = Try again in a few minutes. Your code keeps working.
common-later-chosen = Had you just chosen something? Then check later whether your choice was saved. Choosing twice does no harm.
