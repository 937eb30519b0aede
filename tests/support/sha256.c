/* sha256.c -- the example vectors of FIPS 180, and every way to cut a message. */
#include "tests/test.h"

#include <string.h>

#include "support/sha256.h"

static void published_vectors(void **state)
{
    static const struct {
        const char *message, *digest;
    } vectors[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
         "mnopqrstnopqrstu",
         "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    };
    (void)state;
    for (size_t i = 0; test_row("vectors", i, sizeof vectors / sizeof *vectors); i++) {
        char hex[SHA256_HEX_SIZE];
        sha256_of(hex, vectors[i].message, strlen(vectors[i].message));
        assert_string_equal(hex, vectors[i].digest);
    }
}

static void a_million_letters(void **state)
{
    unsigned char digest[SHA256_SIZE], letters[1000];
    char hex[SHA256_HEX_SIZE];
    struct sha256 hash;
    (void)state;
    memset(letters, 'a', sizeof letters);
    sha256_begin(&hash);
    for (int i = 0; i < 1000; i++)
        sha256_add(&hash, letters, sizeof letters);
    sha256_end(&hash, digest);
    sha256_hex(hex, digest);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Added in two parts, at every cut of every length up to three blocks. */
static void parts_do_not_matter(void **state)
{
    unsigned char message[192], digest[SHA256_SIZE];
    char whole[SHA256_HEX_SIZE], parts[SHA256_HEX_SIZE];
    struct sha256 hash;
    (void)state;
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (unsigned char)(7 * i + 1);
    for (size_t length = 0; length <= sizeof message; length++) {
        sha256_of(whole, message, length);
        for (size_t cut = 0; cut <= length; cut++) {
            sha256_begin(&hash);
            sha256_add(&hash, message, cut);
            sha256_add(&hash, message + cut, length - cut);
            sha256_end(&hash, digest);
            sha256_hex(parts, digest);
            assert_string_equal(parts, whole);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(a_million_letters),
        cmocka_unit_test(parts_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
