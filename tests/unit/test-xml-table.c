/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table engine, on a small document of its own. */
#include <dlfcn.h>
#include <errno.h>
#include <locale.h>

#include "common/error.h"
#include "conf/xml_table.h"

typedef enum { COLOUR_NONE, COLOUR_RED, COLOUR_BLUE } Colour;

typedef struct {
    char *name;
    unsigned int size;
} Wheel;

typedef struct {
    char *name, *note, *host, *key;
    Colour colour;
    int gear;
    unsigned long long distance;
    XmlBool towed;
    int length, width;
    Wheel *spare;
    GPtrArray *wheels, *tags;
} Car;

static const char *const colours[] = {NULL, "red", "blue"};
static const XmlField wheel_fields[] = {
    XML_STRING(Wheel, name, "@name", .required = TRUE),
    XML_UINT(Wheel, size, "@size", .nonzero = TRUE),
    XML_END,
};
static const XmlElement wheel_element = {sizeof(Wheel), wheel_fields};
static const XmlField form_fields[] = {
    XML_INT(Car, length, "@length"),
    XML_INT(Car, width, "@width"),
    XML_END,
};
static const XmlElement form_element = {0, form_fields};
static const XmlField car_fields[] = {
    XML_ENUM(Car, colour, "@colour", colours),
    XML_STRING(Car, name, "name", .required = TRUE),
    XML_INT(Car, gear, "gear", .absent = -1),
    XML_ULL(Car, distance, "trip/@distance"),
    XML_STRING(Car, note, "trip/@note"),
    XML_YESNO(Car, towed, "towed"),
    XML_INSIDE("form", &form_element),
    XML_STRUCT(Car, spare, "spare", &wheel_element),
    XML_LIST(Car, wheels, "wheel", &wheel_element),
    XML_STRINGS(Car, tags, "tag"),
    XML_STRING(Car, host, "host", .only = XML_MODE_LIVE),
    XML_STRING(Car, key, "key", .write_only = XML_MODE_SECURE),
    XML_REFUSE("radio"),
    XML_REFUSE("@stolen"),
    XML_END,
};
static const XmlElement car_element = {sizeof(Car), car_fields};

static Car *parse(const char *text, guint mode, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse(text, "car", "(car)", VIR_FROM_NONE, error);

    return doc ? xml_struct_parse(&car_element, xmlDocGetRootElement(doc), mode, error) : NULL;
}

static char *format(const Car *car, guint mode)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();

    xml_struct_write(&car_element, writer, "car", car, mode);
    return xml_writer_take(writer);
}

static const char full[] = "<car colour='red'>\n"
                           "  <name>a &lt;b&gt;</name>\n"
                           "  <gear>0</gear>\n"
                           "  <trip distance='18446744073709551615' note='x&apos;y'/>\n"
                           "  <towed>no</towed>\n"
                           "  <form length='-3' width='4'/>\n"
                           "  <spare name='s'/>\n"
                           "  <wheel name='w1' size='15'/>\n"
                           "  <wheel name='w2'/>\n"
                           "  <tag>t1</tag>\n"
                           "  <tag>t2</tag>\n"
                           "  <host>h</host>\n"
                           "  <key>k</key>\n"
                           "</car>\n";

static void test_round_trip(void)
{
    g_autoptr(GError) error = NULL;
    Car *car = parse(full, XML_MODE_LIVE, &error);
    g_autofree char *text = NULL;

    g_assert_no_error(error);
    text = format(car, XML_MODE_LIVE | XML_MODE_SECURE);
    g_assert_cmpstr(text, ==, full);
    xml_struct_free(&car_element, car);
}

static void test_modes(void)
{
    g_autoptr(GError) error = NULL;
    Car *car = parse(full, XML_MODE_INACTIVE, &error);
    g_autofree char *text = NULL;

    g_assert_no_error(error);
    g_assert_null(car->host); /* live only */
    g_assert_cmpstr(car->key, ==, "k");
    text = format(car, XML_MODE_INACTIVE);
    g_assert_null(strstr(text, "<host>"));
    g_assert_null(strstr(text, "<key>"));
    xml_struct_free(&car_element, car);
}

static void test_absent(void)
{
    g_autoptr(GError) error = NULL;
    Car *car = parse("<car><name/><trip distance='0'/><form/></car>", 0, &error);
    g_autofree char *text = NULL;

    g_assert_no_error(error);
    g_assert_cmpint(car->gear, ==, -1);
    text = format(car, 0);
    g_assert_cmpstr(text, ==, "<car>\n  <name/>\n</car>\n");
    xml_struct_free(&car_element, car);
}

static const struct {
    const char *xml;
    guint mode;
    int code;
    const char *message;
} bad[] = {
    {"<car colour='green'><name/></car>", 0, VIR_ERR_XML_ERROR,
     "Invalid value for attribute 'colour' in element 'car': 'green'. (line 1)"},
    {"<car>\n<name/>\n<wheel/></car>", 0, VIR_ERR_XML_ERROR,
     "Missing required attribute 'name' in element 'wheel' (line 3)"},
    {"<car/>", 0, VIR_ERR_XML_ERROR, "Missing required element 'name' in element 'car' (line 1)"},
    {"<car><name/><gear>1.5</gear></car>", 0, VIR_ERR_XML_ERROR,
     "Invalid value for element 'gear': '1.5'. Expected integer value (line 1)"},
    {"<car><name/><wheel name='a' size='0'/></car>", 0, VIR_ERR_XML_ERROR,
     "Invalid value for attribute 'size' in element 'wheel': '0'. Zero is not permitted (line 1)"},
    {"<car><name/><wheel name='a' size='-1'/></car>", 0, VIR_ERR_XML_ERROR,
     "Invalid value for attribute 'size' in element 'wheel': '-1'. Expected non-negative integer value (line 1)"},
    {"<car><name/><gear>2147483648</gear></car>", 0, VIR_ERR_XML_ERROR,
     "Invalid value for element 'gear': '2147483648'. Expected integer value (line 1)"},
    {"<car><name/><radio/></car>", 0, VIR_ERR_CONFIG_UNSUPPORTED, "element 'radio' in 'car' (line 1)"},
    {"<car stolen='yes'><name/></car>", 0, VIR_ERR_CONFIG_UNSUPPORTED, "attribute 'stolen' of element 'car' (line 1)"},
    {"<car><name/><wings/></car>", XML_MODE_VALIDATE, VIR_ERR_XML_INVALID_SCHEMA,
     "unknown element 'wings' in element 'car' (line 1)"},
    {"<car><name/><form height='1'/></car>", XML_MODE_VALIDATE, VIR_ERR_XML_INVALID_SCHEMA,
     "unknown attribute 'height' in element 'form' (line 1)"},
    {"<bus/>", 0, VIR_ERR_XML_ERROR, "expecting root element of 'car', not 'bus'"},
    {"<car><name></car>", 0, VIR_ERR_XML_DETAIL,
     "(car):1: Opening and ending tag mismatch: name line 1 and car\n<car><name></car>\n-----------------^"},
    {"<!DOCTYPE car [<!ENTITY e 'x'>]><car><name>&e;</name></car>", 0, VIR_ERR_XML_DETAIL,
     "(car): entities and external document types are not taken"},
};

static void test_bad(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(parse(bad[i].xml, bad[i].mode, &error));
        g_assert_nonnull(error);
        g_assert_cmpstr(error->message, ==, bad[i].message);
        g_assert_cmpint(error->code, ==, bad[i].code);
    }
}

static void test_unknown_is_passed_over(void)
{
    g_autoptr(GError) error = NULL;
    Car *car = parse("<car><wings/><name>n</name></car>", 0, &error);

    g_assert_no_error(error);
    xml_struct_free(&car_element, car);
}

static void test_depth(void)
{
    g_autoptr(GString) text = g_string_new("<car><name/>");
    g_autoptr(GError) error = NULL;

    for (int i = 0; i < 1000; i++)
        g_string_append(text, "<a>");
    for (int i = 0; i < 1000; i++)
        g_string_append(text, "</a>");
    g_string_append(text, "</car>");
    g_assert_null(parse(text->str, 0, &error));
    g_assert_true(vir_error_is(error, VIR_ERR_XML_DETAIL));
}

/* ---- rows of variants, embedded structs, sizes, flags, complaints, copies ---- */

typedef struct {
    char *maker;
} Label;

typedef enum { BOAT_SAIL, BOAT_STEAM, BOAT_LAST } BoatType;

typedef struct {
    BoatType type;
    unsigned int masts, boilers;
    unsigned long long cargo_kib;
    gboolean is_painted;
    Label label, builder;
    GPtrArray *crew, *cabins;
    int unnamed; /* of no row */
} Boat;

static const char *const boat_types[BOAT_LAST] = {"sail", "steam"};
static const XmlField label_fields[] = {
    XML_STRING(Label, maker, "@maker"),
    XML_END,
};
static const XmlElement label_element = {.fields = label_fields};

static gboolean is_secret(gconstpointer self, guint mode)
{
    return ((const Boat *)self)->masts == 13;
}

static const XmlField boat_fields[] = {
    XML_ENUM(Boat, type, "@type", boat_types, .required = TRUE, .always = TRUE,
             .missing = XML_COMPLAINT(VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "no type"),
             .invalid = XML_UNSUPPORTED("no boat goes by %s")),
    XML_INCLUDE(Boat, label, &label_element),
    XML_UINT(Boat, masts, "@masts", .when = XML_WHEN(BOAT_SAIL), .skip = is_secret),
    XML_UINT(Boat, boilers, "@boilers", .when = XML_WHEN(BOAT_STEAM)),
    XML_SIZE(Boat, cargo_kib, "cargo"),
    XML_FLAG(Boat, is_painted, "painted"),
    XML_PART(Boat, builder, "builder", &label_element),
    XML_STRINGS(Boat, crew, "crew"),
    XML_LIST(Boat, cabins, "cabin", &wheel_element),
    XML_END,
};
static const XmlElement boat_element = {.size = sizeof(Boat), .fields = boat_fields, .variant = offsetof(Boat, type)};

static Boat *parse_boat(const char *text, guint mode, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse(text, "boat", "(boat)", VIR_FROM_DOMAIN, error);

    return doc ? xml_struct_parse(&boat_element, xmlDocGetRootElement(doc), mode, error) : NULL;
}

static char *format_boat(const Boat *boat)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();

    xml_struct_write(&boat_element, writer, "boat", boat, 0);
    return xml_writer_take(writer);
}

static const char sailer[] = "<boat type='sail' maker='m' masts='3'>\n"
                             "  <cargo unit='KiB'>2048</cargo>\n"
                             "  <painted/>\n"
                             "  <builder maker='b'/>\n"
                             "  <crew>a</crew>\n"
                             "  <cabin name='c'/>\n"
                             "</boat>\n";

static void test_copy(void)
{
    g_autoptr(GError) error = NULL;
    Boat *boat = parse_boat(sailer, 0, &error), *copy;
    g_autofree char *text = NULL;

    g_assert_no_error(error);
    boat->unnamed = 7;
    copy = xml_struct_copy(&boat_element, boat);
    xml_struct_free(&boat_element, boat);
    g_assert_cmpint(copy->unnamed, ==, 7);
    text = format_boat(copy);
    g_assert_cmpstr(text, ==, sailer);
    xml_struct_free(&boat_element, copy);
    g_assert_null(xml_struct_copy(&boat_element, NULL));
}

static const struct {
    const char *in, *out;
} boats[] = {
    {"<boat type='steam' masts='3' boilers='2'/>", "<boat type='steam' boilers='2'/>\n"},
    {"<boat type='sail' masts='13'/>", "<boat type='sail'/>\n"},
    {"<boat type='sail'><cargo unit='MiB'>2</cargo></boat>",
     "<boat type='sail'>\n  <cargo unit='KiB'>2048</cargo>\n</boat>\n"},
    {"<boat type='sail'><cargo unit='b'>1</cargo></boat>",
     "<boat type='sail'>\n  <cargo unit='KiB'>1</cargo>\n</boat>\n"},
    {"<boat type='sail'><cargo unit='KB'>1024</cargo></boat>",
     "<boat type='sail'>\n  <cargo unit='KiB'>1000</cargo>\n</boat>\n"},
};

static void test_boats(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(boats); i++) {
        g_autoptr(GError) error = NULL;
        Boat *boat = parse_boat(boats[i].in, 0, &error);
        g_autofree char *text = NULL;

        g_assert_no_error(error);
        text = format_boat(boat);
        g_assert_cmpstr(text, ==, boats[i].out);
        xml_struct_free(&boat_element, boat);
    }
}

static const struct {
    const char *xml;
    guint mode;
    int domain, code;
    const char *message;
} bad_boats[] = {
    {"<boat/>", 0, VIR_FROM_QEMU, VIR_ERR_INTERNAL_ERROR, "no type (line 1)"},
    {"<boat type='air'/>", 0, VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, "no boat goes by air (line 1)"},
    {"<boat type='air'/>", XML_MODE_VALIDATE, VIR_FROM_XML, VIR_ERR_XML_INVALID_SCHEMA, "no boat goes by air (line 1)"},
    {"<boat type='sail' deck='1'/>", XML_MODE_VALIDATE, VIR_FROM_XML, VIR_ERR_XML_INVALID_SCHEMA,
     "unknown attribute 'deck' in element 'boat' (line 1)"},
    {"<boat type='sail'><cargo>x</cargo></boat>", 0, VIR_FROM_XML, VIR_ERR_XML_ERROR,
     "Invalid value 'x' for element or attribute './cargo[1]' (line 1)"},
    {"<boat type='sail'><cargo unit='ell'>1</cargo></boat>", 0, VIR_FROM_NONE, VIR_ERR_INVALID_ARG,
     "unknown suffix 'ell'"},
    {"<boat type='sail'><cargo unit='EiB'>16</cargo></boat>", 0, VIR_FROM_NONE, VIR_ERR_OVERFLOW,
     "value too large: 16EiB"},
};

static void test_bad_boats(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad_boats); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(parse_boat(bad_boats[i].xml, bad_boats[i].mode, &error));
        g_assert_cmpstr(error->message, ==, bad_boats[i].message);
        g_assert_cmpint(error->code, ==, bad_boats[i].code);
        g_assert_cmpint(vir_error_domain(error), ==, bad_boats[i].domain);
    }
}

static void test_known_parts(void)
{
    g_autoptr(GError) error = NULL;
    Boat *boat = parse_boat(sailer, XML_MODE_VALIDATE, &error);

    g_assert_no_error(error);
    xml_struct_free(&boat_element, boat);
}

static gboolean leaves_errno;

/* What GLib reads numbers with, here with an errno left behind: so does a wait for another thread at the first use. */
long long strtoll_l(const char *text, char **end, int base, locale_t locale)
{
    long long (*real)(const char *, char **, int, locale_t) = dlsym(RTLD_NEXT, "strtoll_l");
    long long value = real(text, end, base, locale);

    if (leaves_errno)
        errno = EAGAIN;
    return value;
}

/* An errno that is not about the number is no error of the document. */
static void test_errno_of_others(void)
{
    g_autoptr(GError) error = NULL;
    Car *car;

    leaves_errno = TRUE;
    car = parse("<car><name/><gear>3</gear></car>", 0, &error);
    leaves_errno = FALSE;
    g_assert_no_error(error);
    xml_struct_free(&car_element, car);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xml-table/round-trip", test_round_trip);
    g_test_add_func("/xml-table/modes", test_modes);
    g_test_add_func("/xml-table/absent", test_absent);
    g_test_add_func("/xml-table/bad", test_bad);
    g_test_add_func("/xml-table/unknown-is-passed-over", test_unknown_is_passed_over);
    g_test_add_func("/xml-table/depth", test_depth);
    g_test_add_func("/xml-table/copy", test_copy);
    g_test_add_func("/xml-table/boats", test_boats);
    g_test_add_func("/xml-table/bad-boats", test_bad_boats);
    g_test_add_func("/xml-table/known-parts", test_known_parts);
    g_test_add_func("/xml-table/errno-of-others", test_errno_of_others);
    return g_test_run();
}
