//! An identity provider of a brand's, as far as tests need one.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use laurel_graphql::{IdentityProvider, KeySet, TokenAlgorithm};
use laurel_store::Source;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Who it is.
pub(super) const ISSUER: &str = "https://login.example.com";

/// The modulus of an RSA key of which only [`BY_RSA`] is left.
pub(super) const RSA: &str = "7azb1iIxD3JMYx94B8-FCGxInGRz4R5L9zsEvdR3TyHrjQtSOtXFTi9DgjV-OgFuIpzSfDGtzxcqsz7DH1iOFdxPvcuc37XiNgdzA7t77ZKxZIW1Nmbs9jI4t8I2OHszVvmeMKA2QakpR33mkd3brJPwuEtoGGI9G8FpUwbAm89r8iWZnJkwpWHHGEuiekleB8eEFh11NoX7NfpxlZ5OtQ725y9rgQLP_vcc8LUHS14BM6LTFK1hE_30PqT5P0GCqgFWxoRSzRkzOo-w8YB4p5CYUL2eDDvgMh9N3Y3hcs961TS82_PEAh50KIRUmP38IkTKGlgXODUpiFdrMTHlaw";

/// A token for the customer of the sample payloads, good for an hour from the time at which tests begin, made by OpenSSL.
pub(super) const BY_RSA: &str = "eyJhbGciOiAiUlMyNTYiLCAidHlwIjogIkpXVCIsICJraWQiOiAicnNhIn0.eyJpc3MiOiAiaHR0cHM6Ly9sb2dpbi5leGFtcGxlLmNvbSIsICJhdWQiOiBbImxhdXJlbCIsICJzaG9wIl0sICJzdWIiOiAiYW5hLTAwNDIiLCAiaWF0IjogMTc3MjM2NjM5MCwgImV4cCI6IDE3NzIzNzAwMDB9.uJrvAT40RUa2UcPFm-C4uBAlzxEfL36Tj9Cu8dOLzrrIKLUgBostNL6_gDg-Tr9zgIfYstMAJYdw01svtF24oFRJ-RABmre0NWAFOKVGpkZzwdqIJ-6ZqzA9eb6q5n5uLbJRcrcvIdKwFSm98C5PUL1ocPbJwpfL6JUIyrbD4peXA1N8qj-NnzC7tM9o-e7bZ0SSdbtU5VxSusctwimc35plWHG8i-96HC4xqxzo2oGYJ_Mu3ZbZRLVMeUQlcroGyTT7PymUr4tlJ4aIPzs1K5dO3lPdRgW2p7C8mvif1hRVJv1W48UjQefg83BGxR8XHpQrtY7GzosdTUEnuFTo7A";

pub(super) struct Issuer {
    ed: Ed25519KeyPair,
    ec: EcdsaKeyPair,
    folder: TempDir,
}

impl Issuer {
    pub(super) fn new() -> Self {
        let random = SystemRandom::new();
        let ed = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
        let ec = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let issuer = Self {
            ed: Ed25519KeyPair::from_pkcs8(ed.as_ref()).unwrap(),
            ec: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, ec.as_ref(), &random)
                .unwrap(),
            folder: tempfile::tempdir().unwrap(),
        };
        issuer.publish(&issuer.keys());
        issuer
    }

    /// Its keys, among others that are for something else.
    pub(super) fn keys(&self) -> Value {
        let point = self.ec.public_key().as_ref();
        json!({ "keys": [
            { "kty": "OKP", "crv": "Ed25519", "kid": "ed", "use": "sig", "x": base64(self.ed.public_key().as_ref()) },
            { "kty": "EC", "crv": "P-256", "kid": "ec", "alg": "ES256", "x": base64(&point[1..33]), "y": base64(&point[33..]) },
            { "kty": "RSA", "kid": "rsa", "n": RSA, "e": "AQAB" },
            { "kty": "RSA", "kid": "sealed", "use": "enc", "alg": "RSA-OAEP-256", "n": RSA, "e": "AQAB" },
            { "kty": "oct", "kid": "shared", "k": base64(b"a secret that was published by mistake") },
            { "kty": "new", "kid": "later" },
        ] })
    }

    /// Writes the file that is configured.
    pub(super) fn publish(&self, keys: &Value) {
        std::fs::write(self.file(), keys.to_string()).unwrap();
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("jwks.json")
    }

    /// The issuer as it is configured for a source.
    pub(super) fn for_source(&self, source: &str, audience: &str) -> IdentityProvider {
        IdentityProvider {
            source: Source::new(source).unwrap(),
            issuer: ISSUER.to_owned(),
            audience: audience.to_owned(),
            algorithms: TokenAlgorithm::ALL.to_vec(),
            claim: "sub".to_owned(),
            leeway: Duration::from_secs(30),
            keys: KeySet::open(&self.file()).unwrap(),
        }
    }

    /// A token with this head and these claims, signed with the Ed25519 key.
    pub(super) fn by_ed(&self, header: &Value, claims: &Value) -> String {
        signed(header, claims, |message| {
            self.ed.sign(message).as_ref().to_vec()
        })
    }

    /// The same with the key on P-256.
    pub(super) fn by_ec(&self, header: &Value, claims: &Value) -> String {
        let sign = |message: &[u8]| self.ec.sign(&SystemRandom::new(), message).unwrap();
        signed(header, claims, |message| sign(message).as_ref().to_vec())
    }

    /// The public Ed25519 key, as it is.
    pub(super) fn public(&self) -> &[u8] {
        self.ed.public_key().as_ref()
    }
}

/// A token with whatever signature.
pub(super) fn signed(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let message = format!(
        "{}.{}",
        base64(header.to_string().as_bytes()),
        base64(claims.to_string().as_bytes())
    );
    let signature = base64(&sign(message.as_bytes()));
    format!("{message}.{signature}")
}

pub(super) fn base64(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
