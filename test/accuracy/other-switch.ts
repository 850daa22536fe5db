/**
 * What another access switch logged at the same time: its own ports and people. Nothing of it is a fault, and
 * nothing of it concerns a scenario. (A drop that a switch reports is a finding, whomever it concerns.)
 *
 * @param start ISO time of the scenario's beginning
 */
export function otherSwitch(start: string): string {
  const begin = Date.parse(start);
  const stamp = (seconds: number): string => {
    const [date = '', time = ''] = new Date(begin + seconds * 1000).toISOString().split('T');
    const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][
      Number(date.slice(5, 7)) - 1
    ];
    return `${month} ${date.slice(8, 10)} ${date.slice(0, 4)} ${time.slice(0, 12)} UTC`;
  };
  return `${[
    `${stamp(0.1)}: %LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet9/0/31, changed state to up`,
    `${stamp(0.2)}: %LINK-3-UPDOWN: Interface GigabitEthernet9/0/32, changed state to up`,
    `${stamp(0.3)}: %SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: netops] [Source: 198.51.100.9] [localport: 22]`,
    `${stamp(0.4)}: %ILPOWER-5-POWER_GRANTED: Interface Gi9/0/33: Power granted`,
    `${stamp(0.5)}: %SYS-5-CONFIG_I: Configured from console by vty0`,
  ].join('\n')}\n`;
}
