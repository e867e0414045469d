/* OpenSSL's libcrypto for Swift: digests, message authentication codes, constant-time comparison. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
