//! Names of secrets, for values that no spec describes.

/// How they end, in small letters and digits.
const ENDINGS: [&str; 10] = [
    "bearer",
    "credential",
    "key",
    "keystore",
    "passphrase",
    "passwd",
    "password",
    "psk",
    "secret",
    "token",
];
/// What may follow, for the same value in another form.
const FORMS: [&str; 4] = ["base64", "hash", "text", "value"];

/// Whether the value of this name is likely to be a secret.
///
/// The end of a name says what its value is: a `clientSecret` is one, but a `tokenUrl`, a `secretGroupId` and a `passwordPolicy` are
/// not. A public key is none, and a mere `key` mostly is a name.
pub fn sounds_secret(name: &str) -> bool {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let letters: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    let mut end = letters.as_str();
    for form in FORMS {
        end = end.strip_suffix(form).unwrap_or(end);
    }
    let end = end.trim_end_matches(|c: char| c.is_ascii_digit());
    let end = end.strip_suffix('s').unwrap_or(end);
    let ends = ENDINGS.iter().any(|ending| end.ends_with(ending));
    ends && end != "key" && !end.contains("public")
}

#[cfg(test)]
mod tests {
    use super::sounds_secret;

    #[test]
    fn the_end_of_a_name_tells_whether_its_value_is_a_secret() {
        for name in [
            "password",
            "db.password",
            "Passwords",
            "password2",
            "passwordHash",
            "client_secret",
            "clientSecretValue",
            "token",
            "access-token",
            "refreshTokens",
            "apiKey",
            "API_KEYS",
            "privateKey",
            "privateKeyBase64",
            "keystoreBase64",
            "keyPassphrase",
            "awsCredentials",
            "HTTP_Passwd",
            "psk",
        ] {
            assert!(sounds_secret(name), "{name}");
        }
        for name in [
            "",
            "key",
            "keys",
            "value",
            "name",
            "publicKey",
            "publicKeys",
            "keyId",
            "tokenUrl",
            "tokenType",
            "secretGroupId",
            "secretName",
            "passwordPolicy",
        ] {
            assert!(!sounds_secret(name), "{name}");
        }
    }
}
