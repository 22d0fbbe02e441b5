/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <iommu>: what stands between a guest's devices and its memory. */
#include "conf/domain/device/devices.h"

/* clang-format off */
const char *const iommu_models[IOMMU_MODEL_LAST] = {"intel", "smmuv3", "virtio"};

static const XmlField driver_fields[] = {
    XML_ONOFF(IommuDef, intremap, "@intremap"),
    XML_ONOFF(IommuDef, caching_mode, "@caching_mode"),
    XML_ONOFF(IommuDef, eim, "@eim"),
    XML_ONOFF(IommuDef, iotlb, "@iotlb"),
    XML_UINT(IommuDef, aw_bits, "@aw_bits"),
    XML_END,
};
static const XmlElement driver_element = {.fields = driver_fields};

static const XmlField iommu_fields[] = {
    XML_ENUM(IommuDef, model, "@model", iommu_models, .required = TRUE, .always = TRUE),
    XML_INSIDE("driver", &driver_element),
    XML_INCLUDE(IommuDef, info, &device_info_element),
    XML_END,
};
/* clang-format on */

const XmlElement iommu_element = {.size = sizeof(IommuDef), .fields = iommu_fields};
