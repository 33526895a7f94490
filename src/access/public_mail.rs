//! Which domains belong to public mail providers: the any-domain rule passes them by (3.5).

/// Providers where anybody gets an address, sorted. Atlassian does not publish its own list; these are the common ones.
const PROVIDERS: &[&str] = &[
    "126.com",
    "163.com",
    "aol.com",
    "bk.ru",
    "comcast.net",
    "duck.com",
    "fastmail.com",
    "free.fr",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hey.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.de",
    "hotmail.fr",
    "icloud.com",
    "inbox.ru",
    "laposte.net",
    "libero.it",
    "list.ru",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "pm.me",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "rediffmail.com",
    "rocketmail.com",
    "seznam.cz",
    "t-online.de",
    "tutanota.com",
    "web.de",
    "wp.pl",
    "yahoo.co.jp",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yahoo.fr",
    "yandex.com",
    "yandex.ru",
    "ymail.com",
    "zoho.com",
];

/// Says whether a domain, in lower-case ASCII, is that of a public mail provider.
pub fn is_public_mail(domain: &str) -> bool {
    PROVIDERS.binary_search(&domain).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_so_that_every_entry_is_found() {
        assert!(PROVIDERS.is_sorted());
        assert!(PROVIDERS.iter().all(|provider| is_public_mail(provider)));
        assert!(!is_public_mail("globex.example"));
    }
}
