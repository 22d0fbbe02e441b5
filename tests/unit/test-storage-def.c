/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Documents of pools and volumes, and the headers of images: what is read is written, what makes no sense is refused.
 */
#include <string.h>

#include "common/error.h"
#include "conf/storage/image_header.h"
#include "conf/storage/pool_def.h"
#include "conf/storage/volume_def.h"

/* ---- pools ---- */

#define SIZES                                                                                                          \
    "  <capacity unit='bytes'>0</capacity>\n"                                                                          \
    "  <allocation unit='bytes'>0</allocation>\n"                                                                      \
    "  <available unit='bytes'>0</available>\n"
#define HEAD   "<pool type='dir'>\n  <name>p</name>\n  <uuid>7611c26b-f4a9-50aa-b926-70fb9f22b6d8</uuid>\n" SIZES
#define SOURCE "  <source>\n  </source>\n"

static const char *const same_pools[] = {
    HEAD SOURCE "  <target>\n    <path>/images</path>\n  </target>\n</pool>\n",
    HEAD "  <features>\n    <cow state='no'/>\n  </features>\n" SOURCE "  <target>\n"
         "    <path>/</path>\n"
         "    <permissions>\n"
         "      <mode>0744</mode>\n"
         "      <owner>107</owner>\n"
         "      <group>0</group>\n"
         "      <label>virt_image_t</label>\n"
         "    </permissions>\n"
         "  </target>\n"
         "</pool>\n",
};

static void test_pool_round_trip(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(same_pools); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(PoolDef) def = pool_def_parse(same_pools[i], XML_MODE_VALIDATE, &error);
        g_autoptr(PoolDef) copy = NULL;
        g_autofree char *text = NULL;

        g_assert_no_error(error);
        copy = pool_def_copy(def);
        text = pool_def_format(copy);
        g_assert_cmpstr(text, ==, same_pools[i]);
    }
}

#define POOL(more) "<pool type='dir'><name>p</name>" more "<target><path>/p</path></target></pool>"

static void test_pool_defaults(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PoolDef) def = pool_def_parse("<pool type='dir'><name>p</name><capacity>7</capacity>"
                                            "<target><path>//a///b/</path></target></pool>",
                                            0, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(def->path, ==, "/a/b");
    g_assert_false(uuid_is_nil(def->uuid));
    g_assert_cmpuint(def->capacity, ==, 0);
    g_assert_cmpint(def->permissions.mode, ==, -1);
    g_assert_cmpint(def->permissions.owner, ==, -1);
}

typedef struct {
    const char *xml;
    int code;
    const char *message;
} Bad;

static const Bad bad_pools[] = {
    {"<pool><name>p</name></pool>", VIR_ERR_XML_ERROR, "'type'"},
    {"<pool type='warp'><name>p</name></pool>", VIR_ERR_XML_ERROR, "'warp'"},
    {"<pool type='zfs'><name>p</name></pool>", VIR_ERR_CONFIG_UNSUPPORTED, "type 'zfs'"},
    {"<pool type='dir'><name/></pool>", VIR_ERR_XML_ERROR, "missing pool source name"},
    {"<pool type='dir'><name>a/b</name></pool>", VIR_ERR_XML_ERROR, "cannot contain '/'"},
    {"<pool type='dir'><name>..</name></pool>", VIR_ERR_XML_ERROR, "invalid pool name"},
    {"<pool type='dir'><name>a</name></pool>", VIR_ERR_XML_ERROR, "missing storage pool target path"},
    {POOL("<uuid>1</uuid>"), VIR_ERR_XML_ERROR, "malformed uuid"},
    {POOL("<features><cow state='maybe'/></features>"), VIR_ERR_XML_ERROR, "'maybe'"},
    {"<pool type='dir'><name>p</name><target><path>/p</path><permissions><mode>9</mode></permissions></target></pool>",
     VIR_ERR_XML_ERROR, "malformed octal mode"},
    {"<pool type='dir'><name>p</name><target><path>/p</path><permissions><mode>1777</mode></permissions></target>"
     "</pool>",
     VIR_ERR_XML_ERROR, "malformed octal mode"},
    {"<pool type='dir'><name>p</name><target><path>/p</path><permissions><owner>me</owner></permissions></target>"
     "</pool>",
     VIR_ERR_XML_ERROR, "malformed owner"},
};

static void check_bad(const Bad *bad, const GError *error)
{
    if (!error)
        g_error("taken: %s", bad->xml);
    if (error->code != bad->code || !strstr(error->message, bad->message))
        g_error("%s\n%d %s", bad->xml, error->code, error->message);
}

static void test_pool_bad(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad_pools); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(PoolDef) def = pool_def_parse(bad_pools[i].xml, 0, &error);

        check_bad(&bad_pools[i], error);
    }
}

static void test_pool_validate(void)
{
    static const char *const invalid[] = {
        POOL("<warp/>"),
        "<pool type='dir'><name>p</name><target><path>p</path></target></pool>",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(invalid); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(PoolDef) plain = pool_def_parse(invalid[i], 0, &error);
        g_autoptr(PoolDef) validated = NULL;

        g_assert_no_error(error);
        validated = pool_def_parse(invalid[i], XML_MODE_VALIDATE, &error);
        g_assert_true(vir_error_is(error, VIR_ERR_XML_INVALID_SCHEMA));
    }
}

/* ---- volumes ---- */

static const char full_volume[] = "<volume type='file'>\n"
                                  "  <name>v</name>\n"
                                  "  <key>/p/v</key>\n"
                                  "  <capacity unit='bytes'>10</capacity>\n"
                                  "  <allocation unit='bytes'>4</allocation>\n"
                                  "  <target>\n"
                                  "    <path>/p/v</path>\n"
                                  "    <format type='qcow2'/>\n"
                                  "    <permissions>\n"
                                  "      <mode>0600</mode>\n"
                                  "    </permissions>\n"
                                  "    <compat>1.1</compat>\n"
                                  "    <clusterSize unit='B'>65536</clusterSize>\n"
                                  "    <features>\n"
                                  "      <lazy_refcounts/>\n"
                                  "    </features>\n"
                                  "  </target>\n"
                                  "  <backingStore>\n"
                                  "    <path>/p/base</path>\n"
                                  "    <format type='raw'/>\n"
                                  "  </backingStore>\n"
                                  "</volume>\n";

static void test_volume_round_trip(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VolumeDef) def = volume_def_parse(full_volume, TRUE, XML_MODE_VALIDATE, &error);
    g_autoptr(VolumeDef) copy = NULL;
    g_autofree char *text = NULL;

    g_assert_no_error(error);
    copy = volume_def_copy(def);
    text = volume_def_format(copy);
    g_assert_cmpstr(text, ==, full_volume);
}

#define VOLUME(more) "<volume><name>v</name><capacity unit='k'>1</capacity>" more "</volume>"

static void test_volume_defaults(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VolumeDef) def = volume_def_parse(VOLUME("<backingStore/><target><features/></target>"), TRUE, 0, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(def->capacity, ==, 1024);
    g_assert_cmpuint(def->allocation, ==, 1024);
    g_assert_cmpint(def->target.format, ==, IMAGE_FORMAT_RAW);
    g_assert_cmpstr(def->target.compat, ==, "1.1");
    g_assert_null(def->backing);
}

/* What lies under a volume may give it its size; and so does what it is a copy of. */
static void test_volume_without_capacity(void)
{
    static const char with_backing[] = "<volume><name>v</name><backingStore><path>/b</path></backingStore></volume>";
    g_autoptr(GError) error = NULL;
    g_autoptr(VolumeDef) on_backing = volume_def_parse(with_backing, TRUE, 0, &error);
    g_autoptr(VolumeDef) clone = NULL;

    g_assert_no_error(error);
    g_assert_false(on_backing->has_capacity);
    clone = volume_def_parse("<volume><name>v</name></volume>", FALSE, 0, &error);
    g_assert_no_error(error);
}

static const Bad bad_volumes[] = {
    {"<volume><capacity>1</capacity></volume>", VIR_ERR_XML_ERROR, "missing volume name"},
    {"<volume><name>v</name></volume>", VIR_ERR_XML_ERROR, "missing capacity"},
    {"<volume><name>v</name><capacity>-1</capacity></volume>", VIR_ERR_XML_ERROR, "malformed capacity"},
    {"<volume><name>v</name><capacity unit='bushel'>1</capacity></volume>", VIR_ERR_INVALID_ARG, "bushel"},
    {"<volume><name>v</name><capacity unit='EiB'>99</capacity></volume>", VIR_ERR_OVERFLOW, "too large"},
    {"<volume type='warp'><name>v</name></volume>", VIR_ERR_XML_ERROR, "unknown volume type 'warp'"},
    {VOLUME("<allocation>x</allocation>"), VIR_ERR_XML_ERROR, "malformed allocation"},
    {VOLUME("<target><format type='luks'/></target>"), VIR_ERR_CONFIG_UNSUPPORTED, "format type luks"},
    {VOLUME("<target><compat>new</compat></target>"), VIR_ERR_XML_ERROR, "forbidden characters"},
    {VOLUME("<target><encryption format='rot13'/></target>"), VIR_ERR_CONFIG_UNSUPPORTED, "rot13"},
    {VOLUME("<target><encryption format='luks'/></target>"), VIR_ERR_CONFIG_UNSUPPORTED, "encrypted"},
    {VOLUME("<target><encryption format='default'/></target>"), VIR_ERR_CONFIG_UNSUPPORTED, "encrypted"},
    {VOLUME("<target><features><warp/></features></target>"), VIR_ERR_CONFIG_UNSUPPORTED, "unsupported feature warp"},
    {VOLUME("<target><permissions><mode>1000</mode></permissions></target>"), VIR_ERR_XML_ERROR, "octal mode"},
};

static void test_volume_bad(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad_volumes); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VolumeDef) def = volume_def_parse(bad_volumes[i].xml, TRUE, 0, &error);

        check_bad(&bad_volumes[i], error);
    }
}

static void test_volume_times(void)
{
    g_autoptr(VolumeDef) def = volume_def_new("v");
    g_autofree char *text = NULL;

    def->target.has_times = TRUE;
    def->target.mtime = (struct timespec){12, 345};
    text = volume_def_format(def);
    g_assert_nonnull(strstr(text, "<atime>0</atime>\n      <mtime>12.000000345</mtime>"));
}

/* ---- headers ---- */

/* A qcow2 of version 3 with a backing file and its format, as far as it is looked at. */
static void make_qcow2(guint8 *data)
{
    static const guint8 head[] = {'Q', 'F', 'I', 0xfb, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 200, 0, 0, 0, 4, 0, 0, 0, 16};
    static const guint8 extension[] = {0xe2, 0x79, 0x2a, 0xca, 0, 0, 0, 3, 'r', 'a', 'w'};

    memcpy(data, head, sizeof(head));
    data[29] = 1; /* 65536 bytes */
    data[75] = 0;
    data[79] = 16;   /* extended L2 entries */
    data[87] = 1;    /* lazy refcounts */
    data[103] = 104; /* where extensions begin */
    memcpy(data + 104, extension, sizeof(extension));
    memcpy(data + 200, "base", 4);
}

static void test_header(void)
{
    guint8 data[512] = {0};
    ImageHeader header;

    make_qcow2(data);
    image_header_read(data, sizeof(data), &header);
    g_assert_cmpint(header.format, ==, IMAGE_FORMAT_QCOW2);
    g_assert_true(header.has_capacity);
    g_assert_cmpuint(header.capacity, ==, 1 << 16);
    g_assert_cmpuint(header.cluster_size, ==, 1 << 16);
    g_assert_true(header.is_extensible);
    g_assert_true(header.lazy_refcounts);
    g_assert_true(header.extended_l2);
    g_assert_cmpstr(header.backing, ==, "base");
    g_assert_cmpint(header.backing_format, ==, IMAGE_FORMAT_RAW);
    image_header_clear(&header);
}

/* Wherever it ends, nothing behind the end is read, and nothing is made up. */
static void test_header_cut(void)
{
    guint8 data[512] = {0};

    make_qcow2(data);
    for (gsize size = 0; size <= 204; size++) {
        g_autofree guint8 *part = g_memdup2(data, size); /* so that a sanitizer sees its end */
        ImageHeader header;

        image_header_read(part, size, &header);
        g_assert_cmpint(header.format, ==, size < 8 ? IMAGE_FORMAT_RAW : IMAGE_FORMAT_QCOW2);
        g_assert_true(header.has_capacity == (size >= 32));
        g_assert_true((header.backing != NULL) == (size >= 204));
        image_header_clear(&header);
    }
}

static void test_header_luks(void)
{
    guint8 data[512] = {'L', 'U', 'K', 'S', 0xba, 0xbe, 0, 1};
    ImageHeader header;

    data[106] = 0x10;
    image_header_read(data, sizeof(data), &header);
    g_assert_cmpint(header.format, ==, IMAGE_FORMAT_RAW);
    g_assert_cmpint(header.encryption, ==, IMAGE_ENCRYPTION_LUKS);
    g_assert_cmpuint(header.payload, ==, 4096 * 512);
    g_assert_false(header.has_capacity);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage-def/pool/round-trip", test_pool_round_trip);
    g_test_add_func("/storage-def/pool/defaults", test_pool_defaults);
    g_test_add_func("/storage-def/pool/bad", test_pool_bad);
    g_test_add_func("/storage-def/pool/validate", test_pool_validate);
    g_test_add_func("/storage-def/volume/round-trip", test_volume_round_trip);
    g_test_add_func("/storage-def/volume/defaults", test_volume_defaults);
    g_test_add_func("/storage-def/volume/without-capacity", test_volume_without_capacity);
    g_test_add_func("/storage-def/volume/bad", test_volume_bad);
    g_test_add_func("/storage-def/volume/times", test_volume_times);
    g_test_add_func("/storage-def/header/qcow2", test_header);
    g_test_add_func("/storage-def/header/cut", test_header_cut);
    g_test_add_func("/storage-def/header/luks", test_header_luks);
    return g_test_run();
}
