/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtqemud/host/firmware.h"

#include <string.h>

#include "common/error.h"
#include "common/file.h"
#include "common/json.h"
#include "common/log.h"

#define DESCRIPTION_MAX   (256 * 1024)
#define DESCRIPTION_DEPTH 16

static void image_free(gpointer data)
{
    FirmwareImage *image = data;

    if (!image)
        return;
    g_free(image->code);
    g_free(image->vars);
    g_clear_pointer(&image->targets, g_ptr_array_unref);
    g_free(image);
}

/* ---- one description ---- */

static json_object *array_item(json_object *array, size_t index)
{
    return json_object_array_get_idx(array, index);
}

static gboolean has_word(json_object *object, const char *key, const char *word)
{
    json_object *array = json_get_array(object, key);
    size_t n = array ? json_object_array_length(array) : 0;

    for (size_t i = 0; i < n; i++)
        if (json_object_is_type(array_item(array, i), json_type_string) &&
            g_str_equal(json_object_get_string(array_item(array, i)), word))
            return TRUE;
    return FALSE;
}

static void read_targets(FirmwareImage *image, json_object *description)
{
    json_object *targets = json_get_array(description, "targets");
    size_t n = targets ? json_object_array_length(targets) : 0;

    for (size_t i = 0; i < n; i++) {
        json_object *target = array_item(targets, i);
        json_object *machines = json_get_array(target, "machines");
        size_t n_machines = machines ? json_object_array_length(machines) : 0;
        const char *arch = json_get_string(target, "architecture");

        for (size_t j = 0; arch && j < n_machines; j++)
            g_ptr_array_add(image->targets,
                            g_strdup_printf("%s %s", arch, json_object_get_string(array_item(machines, j))));
    }
}

/* Only raw images can be given to the machine as they are. */
static const char *raw_file(json_object *mapping, const char *key)
{
    json_object *file = json_get_object(mapping, key);

    return g_strcmp0(json_get_string(file, "format"), "raw") == 0 ? json_get_string(file, "filename") : NULL;
}

static gboolean read_mapping(FirmwareImage *image, json_object *mapping)
{
    const char *device = json_get_string(mapping, "device");
    const char *mode = json_get_string(mapping, "mode");

    image->is_flash = g_strcmp0(device, "flash") == 0;
    if (image->is_flash) {
        image->code = g_strdup(raw_file(mapping, "executable"));
        image->vars = g_strdup(raw_file(mapping, "nvram-template"));
        return image->code && (image->vars ? !mode || g_str_equal(mode, "split") : g_strcmp0(mode, "stateless") == 0);
    }
    image->code = g_strcmp0(device, "memory") == 0 ? g_strdup(json_get_string(mapping, "filename")) : NULL;
    return image->code != NULL;
}

static FirmwareImage *read_image(json_object *description)
{
    FirmwareImage *image = g_new0(FirmwareImage, 1);

    image->targets = g_ptr_array_new_with_free_func(g_free);
    image->kind = has_word(description, "interface-types", "uefi")   ? FIRMWARE_EFI
                  : has_word(description, "interface-types", "bios") ? FIRMWARE_BIOS
                                                                     : FIRMWARE_NONE;
    image->has_secure_boot = has_word(description, "features", "secure-boot");
    image->has_enrolled_keys = has_word(description, "features", "enrolled-keys");
    image->requires_smm = has_word(description, "features", "requires-smm");
    read_targets(image, description);
    if (image->kind != FIRMWARE_NONE && read_mapping(image, json_get_object(description, "mapping")))
        return image;
    image_free(image);
    return NULL;
}

/* NULL: the file hides another, or cannot be used. */
static FirmwareImage *load_image(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_object) description = NULL;
    gsize size;
    g_autofree char *text = file_read(path, DESCRIPTION_MAX, &size, VIR_FROM_QEMU, &error);
    FirmwareImage *image;

    if (text && size == 0)
        return NULL;
    if (text)
        description = json_parse(text, size, DESCRIPTION_DEPTH, VIR_FROM_QEMU, &error);
    if (!description) {
        log_warning("firmware description '%s': %s", path, error->message);
        return NULL;
    }
    image = read_image(description);
    if (!image)
        log_debug("firmware description '%s' is of a kind that is not used", path);
    return image;
}

/* ---- all of them ---- */

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* File name -> path in the last folder that has it. */
static void find_files(GHashTable *files, const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)))
        if (g_str_has_suffix(name, ".json") && *name != '.')
            g_hash_table_replace(files, g_strdup(name), g_build_filename(folder, name, NULL));
}

GPtrArray *firmware_load(const char *const *folders)
{
    g_autoptr(GHashTable) files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    GPtrArray *images = g_ptr_array_new_with_free_func(image_free);
    g_autofree const char **names = NULL;
    guint n_names;

    for (; *folders; folders++)
        find_files(files, *folders);
    names = (const char **)g_hash_table_get_keys_as_array(files, &n_names);
    qsort(names, n_names, sizeof(*names), compare_names);
    for (guint i = 0; i < n_names; i++) {
        FirmwareImage *image = load_image(g_hash_table_lookup(files, names[i]));

        if (image)
            g_ptr_array_add(images, image);
    }
    return images;
}

GPtrArray *firmware_load_here(gboolean is_privileged)
{
    g_autofree char *users = g_build_filename(g_get_user_config_dir(), "qemu", "firmware", NULL);
    const char *const folders[] = {"/usr/share/qemu/firmware", "/etc/qemu/firmware", is_privileged ? NULL : users,
                                   NULL};

    return firmware_load(folders);
}

/* ---- choosing ---- */

gboolean firmware_is_for(const FirmwareImage *image, const char *arch, const char *machine)
{
    g_autofree char *kind = g_strdup_printf("%s %s", arch, machine);

    for (guint i = 0; i < image->targets->len; i++)
        if (g_pattern_match_simple(g_ptr_array_index(image->targets, i), kind))
            return TRUE;
    return FALSE;
}

static gboolean is_asked(XmlBool asked, gboolean has)
{
    return asked == XML_BOOL_ABSENT || (asked == XML_BOOL_YES) == has;
}

/* What needs SMM is not for a guest that shall not have it; what was asked for must be there. */
static gboolean suits(const FirmwareImage *image, const DomainDef *def)
{
    const DomainOs *os = def->os;

    return image->kind == os->firmware && firmware_is_for(image, os->arch, os->machine) &&
           is_asked(os->firmware_enabled[FIRMWARE_SECURE_BOOT], image->has_secure_boot) &&
           is_asked(os->firmware_enabled[FIRMWARE_ENROLLED_KEYS], image->has_enrolled_keys) &&
           (os->loader_secure != XML_BOOL_YES || (image->has_secure_boot && image->requires_smm)) &&
           (!image->requires_smm || def->features->smm != XML_BOOL_NO);
}

static void use_image(DomainDef *def, const FirmwareImage *image)
{
    DomainOs *os = def->os;

    os->loader = g_strdup(image->code);
    os->loader_type = image->is_flash ? LOADER_TYPE_PFLASH : LOADER_TYPE_ROM;
    if (!image->is_flash)
        return;
    os->loader_readonly = XML_BOOL_YES;
    if (image->requires_smm)
        os->loader_secure = def->features->smm = XML_BOOL_YES;
    if (image->vars && !os->nvram_template)
        os->nvram_template = g_strdup(image->vars);
}

/* Images that are often named without a description being there. */
static const struct {
    const char *code, *vars;
} known[] = {
    {"/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"},
    {"/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"},
    {"/usr/share/OVMF/OVMF_CODE.ms.fd", "/usr/share/OVMF/OVMF_VARS.ms.fd"},
    {"/usr/share/OVMF/OVMF_CODE_4M.ms.fd", "/usr/share/OVMF/OVMF_VARS_4M.ms.fd"},
    {"/usr/share/OVMF/OVMF_CODE.secboot.fd", "/usr/share/OVMF/OVMF_VARS.fd"},
    {"/usr/share/OVMF/OVMF_CODE_4M.secboot.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"},
    {"/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"},
    {"/usr/share/edk2/ovmf/OVMF_CODE.secboot.fd", "/usr/share/edk2/ovmf/OVMF_VARS.secboot.fd"},
    {"/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/AAVMF/AAVMF_VARS.fd"},
};

static const char *find_template(const char *code, const GPtrArray *images)
{
    for (guint i = 0; i < images->len; i++) {
        const FirmwareImage *image = g_ptr_array_index(images, i);

        if (g_str_equal(image->code, code))
            return image->vars;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (g_str_equal(known[i].code, code))
            return known[i].vars;
    return NULL;
}

static gboolean choose_image(DomainDef *def, const GPtrArray *images, GError **error)
{
    for (guint i = 0; i < images->len; i++) {
        if (!suits(g_ptr_array_index(images, i), def))
            continue;
        use_image(def, g_ptr_array_index(images, i));
        return TRUE;
    }
    vir_error_set(error, VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED, "Unable to find any firmware to satisfy '%s'",
                  firmwares[def->os->firmware]);
    return FALSE;
}

gboolean firmware_choose(DomainDef *def, const GPtrArray *images, const char *nvram_dir, GError **error)
{
    DomainOs *os = def->os;

    if (os->firmware != FIRMWARE_NONE && !os->loader && !choose_image(def, images, error))
        return FALSE;
    if (!os->nvram)
        os->nvram = firmware_nvram(def, nvram_dir);
    if (os->nvram && os->loader && !os->nvram_template)
        os->nvram_template = g_strdup(find_template(os->loader, images));
    return TRUE;
}

char *firmware_nvram(const DomainDef *def, const char *nvram_dir)
{
    const DomainOs *os = def->os;
    gboolean is_flash = os->loader ? os->loader_type == LOADER_TYPE_PFLASH && os->loader_readonly == XML_BOOL_YES
                                   : os->firmware == FIRMWARE_EFI;

    if (os->nvram || os->nvram_store)
        return g_strdup(os->nvram);
    return is_flash && os->loader_stateless != XML_BOOL_YES ? g_strdup_printf("%s/%s_VARS.fd", nvram_dir, def->name)
                                                            : NULL;
}
