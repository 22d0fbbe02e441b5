/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <tpm>: trusted platform modules. */
#include "conf/domain/device/devices.h"

/* clang-format off */
const char *const tpm_models[TPM_MODEL_LAST] = {NULL, "tpm-tis", "tpm-crb", "tpm-spapr", "spapr-tpm-proxy"};
const char *const tpm_backends[TPM_BACKEND_LAST] = {"passthrough", "emulator", "external"};
const char *const tpm_versions[TPM_VERSION_LAST] = {NULL, "1.2", "2.0"};

#define PASSTHROUGH XML_WHEN(TPM_PASSTHROUGH)
#define EMULATOR    XML_WHEN(TPM_EMULATOR)
/* clang-format on */

static const char *const banks[] = {"sha1", "sha256", "sha384", "sha512"};

static gboolean banks_parse(xmlNode *node, gpointer self, guint mode, GError **error)
{
    TpmDef *tpm = self;

    for (guint i = 0; i < G_N_ELEMENTS(banks); i++) {
        if (xml_child(node, banks[i]))
            tpm->active_pcr_banks |= 1u << i;
    }
    return TRUE;
}

static void banks_format(XmlWriter *writer, gconstpointer self, guint mode)
{
    const TpmDef *tpm = self;

    xml_open(writer, "active_pcr_banks");
    for (guint i = 0; i < G_N_ELEMENTS(banks); i++) {
        if (tpm->active_pcr_banks & 1u << i)
            xml_write_element(writer, banks[i], "");
    }
    xml_close_unless_empty(writer);
}

/* clang-format off */
static const XmlField backend_fields[] = {
    XML_ENUM(TpmDef, backend, "@type", tpm_backends, .required = TRUE, .always = TRUE),
    XML_ENUM(TpmDef, version, "@version", tpm_versions, .when = EMULATOR),
    XML_TAKEN("@version"), /* elsewhere the device's own */
    XML_YESNO(TpmDef, persistent_state, "@persistent_state", .when = EMULATOR),
    XML_STRING(TpmDef, path, "device/@path", .when = PASSTHROUGH),
    XML_REFUSE("encryption"),
    XML_CUSTOM("active_pcr_banks", .when = EMULATOR, .parse = banks_parse, .format = banks_format),
    XML_TAKEN("source"), /* of a type that the check refuses */
    XML_END,
};
static const XmlElement backend_element = {.fields = backend_fields, .variant = offsetof(TpmDef, backend)};

static const XmlField tpm_fields[] = {
    XML_ENUM(TpmDef, model, "@model", tpm_models),
    XML_INSIDE("backend", &backend_element, .required = TRUE,
               .missing = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_XML_ERROR, "missing TPM device backend")),
    XML_INCLUDE(TpmDef, info, &device_info_element),
    XML_END,
};
/* clang-format on */

const XmlElement tpm_element = {.size = sizeof(TpmDef), .fields = tpm_fields};

void tpm_def_free(TpmDef *tpm)
{
    xml_struct_free(&tpm_element, tpm);
}
