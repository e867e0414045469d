/* OpenSSL's libcrypto for Swift: digests, authentication codes, ciphers, private keys, constant-time comparison. */
#ifndef WABIZ_CRYPTO_SHIM_H
#define WABIZ_CRYPTO_SHIM_H

#include <limits.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

/* Gives the caller's passphrase; without one it refuses, where libcrypto's own would ask at the terminal. */
static inline int wabiz_give_passphrase(char *buffer, int size, int writing, void *passphrase) {
  size_t length = passphrase ? strlen((const char *)passphrase) : 0;
  (void)writing;
  if (!passphrase || length > (size_t)size) return -1;
  memcpy(buffer, passphrase, length);
  return (int)length;
}

/* NULL when the text is no private key or the passphrase does not open it. */
static inline EVP_PKEY *wabiz_read_private_key(const void *pem, int length, const char *passphrase) {
  BIO *text = BIO_new_mem_buf(pem ? pem : "", length);
  EVP_PKEY *key = text ? PEM_read_bio_PrivateKey(text, NULL, wabiz_give_passphrase, (void *)passphrase) : NULL;
  BIO_free(text);
  return key;
}

#endif
