#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes org.libvirt.api.policy from the call table's permissions: one action each, for access_drivers = ["polkit"].

usage: gen_policy.py calls/permissions OUT
"""

import sys

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE policyconfig PUBLIC "-//freedesktop//DTD PolicyKit Policy Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/PolicyKit/1.0/policyconfig.dtd">
<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->
<!-- Generated from calls/permissions. What read-only clients may do is allowed to anybody, the rest needs a rule. -->
<policyconfig>
"""

ACTION = """  <action id="org.libvirt.api.{object}.{permission}">
    <description>{words}: {verb}</description>
    <message>Policy does not allow this: {words}, {verb}</message>
    <defaults>
      <allow_any>{answer}</allow_any>
      <allow_inactive>{answer}</allow_inactive>
      <allow_active>{answer}</allow_active>
    </defaults>
  </action>
"""


def main():
    source, target = sys.argv[1:]
    with open(target, "w", encoding="utf-8") as out:
        out.write(HEAD)
        for line in open(source, encoding="utf-8"):
            if not line.strip() or line.startswith("#"):
                continue
            object_, permission, default = line.split()
            out.write(ACTION.format(
                object=object_.replace("_", "-"), permission=permission.replace("_", "-"),
                words=object_.replace("_", " ").capitalize(), verb=permission.replace("_", " "),
                answer="yes" if default == "monitor" else "no"))
        out.write("</policyconfig>\n")


if __name__ == "__main__":
    main()
